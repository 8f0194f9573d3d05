import type { Outcome } from "./measure.ts";

const HEAD = `# What a model's own abstention adds

\`npm run eval:model-abstention -- --write docs/evaluation/model-abstention.md\` makes this page. A **scripted** model stands in the place of a
language model: it gets the product's own prompt, knows the right answer beforehand, quotes the sentence that says it where the sources
that it was given hold it, and else says \`NO_ANSWER\`. A second and a third one are mistaken in a fixed share of their replies, either
way. So this shows that the product heeds a model that can tell, what retrieval and the decision leave for it to do, and how much a
model's mistakes cost: an upper bound, and **nothing about how well any real model tells**. It looks for the expected words as they are
written: where the text has them otherwise (a row of a table), it finds none, which is the script's fault.

*threshold*: the confidence below which the decision abstains before a model is asked. *right*, *wrong*: answers to questions that have one,
by the first citation; the rest is silence. *says it*: right answers that contain the expected words. *wrong, none there*: answers to
questions that have none. *asked*: shares of either kind of question that reach the model, and the mean length of their prompts.
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
