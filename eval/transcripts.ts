// `npm run eval:transcripts`: plays the customers' messages of real transcripts against their companies' policies.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Api, type ApiError } from "../cli/api.ts";
import { CommandError, readArguments, runCommand } from "../cli/command.ts";
import { uploadDocuments } from "../cli/upload.ts";
import { waitUntilIngested } from "../cli/wait.ts";
import { DEMO_KEYS } from "../local/config.ts";
import { chat } from "./ask.ts";
import { startInProcess } from "./in-process/instance.ts";

const HELP = `
Usage: npm run eval:transcripts -- [folder]

Uploads the Markdown files of <folder> (default: ../shared/data/tau-policies), and says the customers' messages of its
transcripts_*.jsonl, each transcript in a conversation of its own. Prints the outcomes.

Exit code: 0 when every message was answered with a status of success, 1 otherwise.
`;

const FOLDER = path.resolve(import.meta.dirname, "../../shared/data/tau-policies");
/** As many characters as a message may have. */
const MAX_MESSAGE = 4000;

await runCommand(HELP, async (args) => {
  const { positionals } = readArguments(args, {});
  const folder = positionals[0] ?? FOLDER;
  if (!existsSync(folder))
    throw new CommandError(`${folder} is missing: name the folder that has it.`);
  const files = readdirSync(folder);
  const instance = await startInProcess();
  const api = new Api({ ...instance, key: DEMO_KEYS.secret, tries: 1, timeoutMs: 60_000 });
  const documents = files
    .filter((file) => file.endsWith(".md") && file !== "README.md")
    .map((file) => ({
      external_id: path.basename(file, ".md"),
      title: path.basename(file, ".md").replaceAll("_", " "),
      content: readFileSync(path.join(folder, file), "utf8"),
      content_type: "text/markdown" as const,
    }));
  await uploadDocuments(api, documents, { concurrency: 1 });
  await waitUntilIngested(api, documents);
  const outcomes = new Map<string, number>();
  const transcripts = files
    .filter((file) => /^transcripts.*\.jsonl$/.test(file))
    .flatMap((file) => readTranscripts(path.join(folder, file)));
  for (const messages of transcripts) {
    let conversation_id: string | undefined;
    for (const message of messages) {
      const outcome = await say(api, message, conversation_id);
      conversation_id = outcome.conversation_id ?? conversation_id;
      outcomes.set(outcome.outcome, (outcomes.get(outcome.outcome) ?? 0) + 1);
      if (outcome.outcome.startsWith("failed"))
        console.log(`  ${outcome.outcome}: ${message.slice(0, 80)}`);
    }
  }
  const turns = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  const counts = [...outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(", ");
  console.log(`${transcripts.length} transcripts, ${turns} messages: ${counts}`);
  return [...outcomes.keys()].some((outcome) => outcome.startsWith("failed")) ? 1 : 0;
});

async function say(
  api: Api,
  message: string,
  conversationId: string | undefined,
): Promise<{ outcome: string; conversation_id?: string }> {
  try {
    return (await chat(api, message, conversationId)).answer;
  } catch (error) {
    return { outcome: `failed with ${(error as ApiError).status}` };
  }
}

/** What the customer says in each transcript: lines of JSON, whose speakers are named in front of their words. */
function readTranscripts(file: string): string[][] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const { messages_display: shown } = JSON.parse(line) as { messages_display: string };
      const turns = shown.split(/^(?=(?:user|assistant|tool): )/m);
      return turns.flatMap((turn) =>
        turn.startsWith("user: ") ? [turn.slice("user: ".length).trim().slice(0, MAX_MESSAGE)] : [],
      );
    });
}
