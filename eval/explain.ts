import type { Passage } from "./ask.ts";
import { WAY_NAMES, type ChatRow, type RetrievalRow } from "./measure.ts";
import { writeText } from "./report-file.ts";
import type { Measured } from "./report.ts";
import type { EvaluationSet, Question } from "./sets/question.ts";

/** Enough questions to find a pattern, and few enough to read. */
const QUESTIONS = 50;
const SHOWN = 3;
const EXCERPT_CHARACTERS = 240;

interface Failed {
  question: Question;
  retrieval: RetrievalRow;
  chat: ChatRow | undefined;
  what: string;
  /** A larger number is worse. */
  badness: number;
}

/**
 * A page of the questions that went worst. Wrong answers are worst, the more confident the worse; then abstentions; then
 * rankings in which the right article is low.
 */
export async function writeExplanation(
  file: string,
  set: EvaluationSet,
  measured: Measured,
): Promise<void> {
  const failed = findFailed(measured);
  const shown = failed.slice(0, QUESTIONS);
  const tally = [...Map.groupBy(failed, (one) => one.what)].map(
    ([what, some]) => `- ${some.length} × ${what}`,
  );
  const page = [
    `# What went wrong: ${plain(set.name)}, ${plain(set.questionFile)}`,
    `${failed.length} of ${measured.questions.length} questions went wrong; the worst ${shown.length} follow.`,
    tally.join("\n"),
    ...shown.map(describe),
  ];
  await writeText(file, `${page.join("\n\n")}\n`);
  console.error(`Explained: ${file}`);
}

export function findFailed({ questions, retrieval, chat }: Measured): Failed[] {
  const failed = questions.flatMap((question): Failed[] => {
    const row = retrieval.get(question.id);
    if (!row) return [];
    const fault = faultOf(question, row, chat.get(question.id));
    return fault ? [{ question, retrieval: row, chat: chat.get(question.id), ...fault }] : [];
  });
  return failed.toSorted((a, b) => b.badness - a.badness);
}

function faultOf(
  { answerable }: Question,
  { scores, answerability }: RetrievalRow,
  chat: ChatRow | undefined,
): Pick<Failed, "what" | "badness"> | undefined {
  const confidence = chat?.confidence ?? answerability;
  if (chat?.verdict === "wrong") {
    return answerable
      ? { what: "answered from the wrong article", badness: 3 + confidence }
      : { what: "answered what has no answer", badness: 3 + confidence };
  }
  if (answerable && (chat?.verdict === "abstained" || chat?.verdict === "other"))
    return { what: "silent although there is an answer", badness: 2 - confidence };
  if (scores && scores.fused.hit_at_1 < 1)
    return { what: "the right article is not first", badness: 1 - scores.fused.ndcg_at_10 };
  return undefined;
}

function describe({ question, retrieval, chat, what }: Failed): string {
  const { id, text, answerable, relevant, kind, topic } = question;
  const labels = [kind, topic].filter((label) => label !== undefined);
  const wanted = answerable ? [...relevant.keys()].map(code).join(", ") : "no answer";
  return [
    `## ${plain(id)}: ${what}`,
    `> ${plain(text)}`,
    `Wanted: ${wanted}${labels.length > 0 ? ` (${labels.map(plain).join(", ")})` : ""}`,
    describeAnswer(chat, retrieval),
    ...WAY_NAMES.map((way) => describeLeg(way, retrieval.rankings[way], relevant)),
  ].join("\n\n");
}

function describeAnswer(chat: ChatRow | undefined, retrieval: RetrievalRow): string {
  const evidence = Object.entries(retrieval.evidence ?? {})
    .map(([name, value]) => `${name} ${value.toFixed(2)}`)
    .join(", ");
  const lines = [
    `Confidence ${retrieval.answerability.toFixed(3)}${evidence ? `, from ${evidence}` : ""}`,
  ];
  if (chat) {
    const cites = chat.citations.length > 0 ? ` citing ${chat.citations.map(code).join(", ")}` : "";
    lines.push(`Chat: ${chat.outcome}${cites}: ${plain(excerpt(chat.text))}`);
  }
  return lines.join("\n\n");
}

function describeLeg(way: string, passages: Passage[], relevant: Question["relevant"]): string {
  const rows = passages
    .slice(0, SHOWN)
    .map(
      ({ external_id: id, score, text }, index) =>
        `${index + 1}. ${relevant.has(id) ? "✓ " : ""}${code(id)} ${score.toFixed(3)}: ${plain(excerpt(text))}`,
    );
  const at = passages.findIndex((passage) => relevant.has(passage.external_id));
  if (at >= SHOWN) rows.push(`${at + 1}. ✓ ${code(passages[at]?.external_id ?? "")}`);
  return `**${way}**${rows.length === 0 ? ": nothing" : `\n\n${rows.join("\n")}`}`;
}

function excerpt(text: string): string {
  return text.length > EXCERPT_CHARACTERS ? `${text.slice(0, EXCERPT_CHARACTERS)}…` : text;
}

/** Escapes a text to one line that Markdown shows literally, because a set's text may be anything. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|!~&]/g, "\\$&");
}

function code(id: string): string {
  return `\`${id.replace(/[`\s]/g, "")}\``;
}
