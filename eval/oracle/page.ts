import type { Outcome } from "./measure.ts";

const HEAD = `# What a model's own abstention adds

\`npm run eval:model-abstention -- --write docs/evaluation/model-abstention.md\` makes this page. A **scripted** model replaces the
language model. It gets the product's own prompt and knows the right answer beforehand. If the sources in the prompt hold the answer,
it quotes the sentence; otherwise it says \`NO_ANSWER\`. Further models are mistaken in a fixed share of their replies, in both
directions. This shows that the product obeys a model's abstention, how much retrieval and the decision leave for the model to do,
and what a model's mistakes cost. It is an upper bound, and says **nothing about how well any real model abstains**. The script looks
for the expected words as they are written. Where the text words them otherwise (a table row), the script finds no answer, which is
its own fault.

*threshold*: the confidence below which the decision abstains before a model is asked. *right*, *wrong*: answers to answerable
questions, judged by the first citation; the rest are abstentions. *says it*: right answers that contain the expected words. *wrong,
none there*: answers to unanswerable questions. *asked*: shares of both kinds of questions that reach the model, and the mean length
of their prompts.
`;

export function toPage(outcomes: Outcome[]): string {
  const sets = Map.groupBy(outcomes, ({ set }) => set);
  return [HEAD, ...Array.from(sets, ([name, own]) => section(name, own))].join("\n");
}

function section(name: string, outcomes: Outcome[]): string {
  const [first] = outcomes;
  const head = [
    "answers by",
    "threshold",
    "right",
    "wrong",
    "says it",
    "wrong, none there",
    "asked: answerable",
    "asked: not",
    "prompt",
  ];
  const rows = outcomes.map(({ writer, threshold, answerable, unanswerable, asked }) => [
    writer,
    `${threshold}`,
    share(answerable.right, answerable.n),
    share(answerable.wrong, answerable.n),
    share(answerable.text, answerable.n),
    share(unanswerable.wrong, unanswerable.n),
    asked ? share(asked.answerable, answerable.n) : "",
    asked ? share(asked.unanswerable, unanswerable.n) : "",
    asked ? `${Math.round(asked.characters)} characters` : "",
  ]);
  const counts = `${first?.answerable.n} questions with an answer, ${first?.unanswerable.n} without.`;
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  const lines = [line(head), line(head.map(() => "---")), ...rows.map(line)];
  return `## ${name}\n\n${counts}\n\n${lines.join("\n")}\n`;
}

function share(part: number, whole: number): string {
  return whole > 0 ? (part / whole).toFixed(3).replace(/^0\./, ".") : "";
}
