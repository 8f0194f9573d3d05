import { readFileSync } from "node:fs";
import { nearestIntent } from "../src/answering/nearest-intent.ts";
import { readMessage } from "../src/answering/read-message.ts";
import { isAnsweredByUs, type Intent } from "../src/language/intents.ts";
import { messageLanguage } from "../src/language/message-language.ts";
import { workersAiEmbedder } from "../src/models/workers-ai-embedder.ts";
import {
  deploymentExemplars,
  exemplarsOf,
  exemplarStatement,
  storeExemplars,
} from "../src/releases/exemplar-vectors.ts";
import { shippedRelease } from "../src/releases/release.ts";
import { meanVector } from "../src/text/vectors.ts";
import { OWN_EMBEDDING } from "../local/dev/embedding-server.ts";
import { openDatabase } from "./in-process/database.ts";
import { openModels } from "./in-process/embeddings.ts";

/**
 * `npm run eval:intents -- [file] [--every n]`: how many messages of a file with wanted intents are recognised, by their words alone and with
 * the exemplars of the shipped release, and how many of other sets are taken for a wish for a person or for small talk by mistake. Every
 * n-th message of the other sets is embedded; 1 takes half an hour where nothing is cached. Mistakes are printed, unless the file is held out:
 * nobody should fit words to those.
 */
const path =
  process.argv.slice(2).find((one) => !/^(?:--every|\d+)$/.test(one)) ?? "demo/intents.jsonl";
const every = Number(process.argv[process.argv.indexOf("--every") + 1]) || 10;

interface Labelled {
  text: string;
  intent: string;
  language?: string;
}

/** Others than that of the release, to compare. */
const THRESHOLDS = [0.5, 0.6, 0.65, 0.7, 0.75, 0.8];

/** The names of the sets for our intents. */
const LABELS: Record<string, string[]> = {
  person_wanted: ["person"],
  are_you_human: ["human"],
  small_talk: ["greeting", "chat"],
  thanks: ["thanks"],
  goodbye: ["farewell"],
  language_request: ["language"],
  abuse: ["abuse"],
  test_message: ["test"],
  complaint: ["complaint"],
  feedback: ["feedback"],
};
const SMALL_TALK = new Set(["greeting", "chat", "thanks", "farewell"]);
/** What CLINC150 has of small talk: it is no negative of ours, nor is a question about the assistant itself. */
const CHATTING =
  /^(?:greeting|goodbye|thank_you|tell_joke|fun_fact|are_you_a_bot|what_.*(?:name|hobbies|ask_you)|how_old|who_|where_are_you|do_you_have_pets|meaning_of_life|weather|what_song|yes|no|maybe|cancel|repeat|user_name|change_.*name|change_language|change_accent|change_speed|change_volume|whisper_mode|flip_coin|roll_dice|next_song|make_call)/;

const release = shippedRelease;
const { id: model } = OWN_EMBEDDING;
const models = openModels();
const meter = { neurons: 0, track: <T>(_kind: string, call: () => Promise<T>) => call() };
const embedder = workersAiEmbedder(models, model, meter);
const db = await openDatabase();
const config = { embeddingModel: model, releaseOverlays: [], allowedModels: [] };
const deps = { db, config, embedderOf: () => embedder, now: Date.now };
await storeExemplars(deps as never, release, model);
const name = await deploymentExemplars(config);
const row = await exemplarStatement(db, { sql: "?1", value: "" }, name, model).first();
const exemplars = await exemplarsOf(release, model, row);

const read = <T>(file: string): T[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);

/** What a turn recognises: surely, by the message's words, and with guesses, by its words and its embedding. */
async function recognise(
  text: string,
  thresholds = [release.intents.threshold],
): Promise<{ words: string; all: string; at: string[] }> {
  const { message, contact, intent, isGuessed, subQueries } = readMessage(text);
  const words = isGuessed ? "none" : (intent ?? "none");
  if (words !== "none" || contact !== undefined)
    return { words, all: words, at: thresholds.map(() => words) };
  const vectors = await embedder.embed(subQueries.flat(), "query");
  const vector = meanVector(vectors) ?? [];
  const language = messageLanguage(text, undefined) ?? null;
  const at = thresholds.map((threshold) => {
    const nearest = nearestIntent(message, vector, exemplars, { model, threshold, language });
    return nearest === "none" ? nearest : (intent ?? nearest ?? "none");
  });
  return { words, all: at[0] ?? "none", at };
}

const labelled = read<Labelled>(path);
const seen = await Promise.all(
  labelled.map(async (one) => ({ ...one, ...(await recognise(one.text)) })),
);
const share = (part: number, whole: number): string => (whole ? (part / whole).toFixed(3) : "-");
console.log(
  `${labelled.length} messages of ${path}\n\nintent              n  surely    with guesses  false alarms, sure / with guesses`,
);
for (const [label, names] of Object.entries(LABELS)) {
  const own = seen.filter(({ intent }) => intent === label);
  const rest = seen.filter(({ intent }) => intent !== label);
  const hit = (by: "words" | "all"): number => own.filter((one) => names.includes(one[by])).length;
  const wrong = (by: "words" | "all"): string =>
    share(rest.filter((one) => names.includes(one[by])).length, rest.length);
  console.log(
    `${label.padEnd(17)} ${String(own.length).padStart(3)}  ${share(hit("words"), own.length)}  ${share(hit("all"), own.length).padStart(19)}  ${wrong("words").padStart(12)} / ${wrong("all")}`,
  );
}
const chatting = seen.filter(({ intent }) => /^(?:small_talk|thanks|goodbye)$/.test(intent));
const kept = (by: "words" | "all"): string =>
  share(chatting.filter((one) => SMALL_TALK.has(one[by])).length, chatting.length);
console.log(
  `any small talk    ${String(chatting.length).padStart(3)}  ${kept("words")}  ${kept("all").padStart(19)}`,
);
for (const { text, intent, all, language } of seen)
  if (!path.includes("held-out") && !(LABELS[intent] ?? ["none"]).includes(all))
    console.log(`  ${language} ${intent} → ${all}: ${text}`);

const negatives = ["clinc150", "banking77"]
  .flatMap((set) =>
    read<Labelled>(`../shared/data/${set}/data.jsonl`).filter(
      ({ intent }) => !CHATTING.test(intent),
    ),
  )
  .filter((_, index) => index % every === 0);
const questions = ["golden", "hard", "calibration", "field-messages"].flatMap((set) =>
  read<{ question: string }>(`demo/${set}.jsonl`).map(({ question }) => ({
    text: question,
    intent: "none",
  })),
);
for (const [title, set] of [
  [`every ${every}th of clinc150 and banking77`, negatives],
  ["the demo's questions", questions],
] as const) {
  const thresholds = [release.intents.threshold, ...THRESHOLDS];
  const seenHere: Awaited<ReturnType<typeof recognise>>[] = [];
  for (const { text } of set) seenHere.push(await recognise(text, thresholds));
  console.log(`\n${title}: ${set.length}. False alarms: person, small talk`);
  const figures = (told: string[]): string =>
    [told.filter((name) => name === "person"), told.filter((name) => SMALL_TALK.has(name))]
      .map((alarms) => share(alarms.length, set.length))
      .join(", ");
  console.log(`  sure: ${figures(seenHere.map(({ words }) => words))}`);
  for (const [index, threshold] of thresholds.entries())
    console.log(
      `  with guesses, exemplars at ${threshold}: ${figures(seenHere.map(({ at }) => at[index] ?? "none"))}`,
    );
  for (const [index, { words }] of seenHere.entries())
    if (words !== "none" && isAnsweredByUs(words as Intent, false))
      console.log(`  ${words}: ${set[index]?.text}`);
}
