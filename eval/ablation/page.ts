import type { Component } from "./components.ts";
import type { Difference } from "./differences.ts";
import { MEASURES, type Measure } from "./measure.ts";

const HEAD = `# What each part adds

\`npm run eval:ablation -- --write docs/evaluation/ablation.md\` makes this page: every set with everything on, then with one
part taken out at a time. What is taken out is taken out of the running application (\`eval/ablation/replacements/\`), which has no
switch for it. A difference is the full value less the value without the part, so a positive one speaks for the part; in brackets its
95 % interval, a paired bootstrap over the questions (over whole conversations where there are such). **Bold**: the interval is
above 0. *Italic*: below it, the part does harm there. With so many intervals, about one in twenty leaves 0 out by chance.

- *right*: share of the questions that come out as they should at the shipped threshold, a right answer where there is one and
  silence where there is none; of the turns, in conversations. *text*: share of the answerable questions whose answer is right and says the
  expected words.
- \`rank evidence: …\`: the order by text is trained anew without it. \`decision: …\`: so is the decision, and both models judge the same
  evidence; it changes the AUROC alone. Kinds that say much the same can each be spared for the others, so some are left
  out together, too. Everything else is taken out with all weights as they are.
- SQuAD2 is a sample of the questions that neither training has seen. Title and headings are left out of the embedding on the demo only, where
  that is quickly ingested anew. A part is left out of the table of a set that has no message for it (no long one, none with an
  identifier, none with two questions). Synonyms are not measured: no set has any.
`;

/** The page of all differences, and before them which parts were shown to help, and where. */
export function toPage(
  differences: Difference[],
  parts: Pick<Component, "name" | "without">[],
): string {
  const sets = [...new Set(differences.map(({ set }) => set))];
  return [
    HEAD,
    summary(differences, parts),
    ...sets.map((set) => setTable(set, differences)),
    meanings(parts),
  ].join("\n");
}

function summary(differences: Difference[], parts: Pick<Component, "name">[]): string {
  const names = new Set(parts.map(({ name }) => name));
  for (const { component } of differences) names.add(component);
  const rows = [...names].map((name) => {
    const own = differences.filter(({ component }) => component === name);
    return [name, listed(own.filter(helps)), listed(own.filter(harms)), verdict(own)];
  });
  return `## Summary\n\n${table(["part", "helps", "harms", ""], rows)}`;
}

export function helps({ gain }: Pick<Difference, "gain">): boolean {
  return gain.low > 0;
}

export function harms({ gain }: Pick<Difference, "gain">): boolean {
  return gain.high < 0;
}

/** A part earns its place where at least one measure of one set is better for it by more than chance. */
function verdict(own: Difference[]): string {
  if (own.length === 0) return "no set has a message for it";
  if (own.some(helps)) return "";
  if (own.every(({ gain }) => gain.value === 0 && gain.low === 0 && gain.high === 0))
    return "changes nothing";
  return own.some(({ gain }) => gain.value > 0) ? "not shown to help" : "helps nowhere";
}

function listed(some: Difference[]): string {
  return some.map(({ set, measure, gain }) => `${set} ${measure} ${signed(gain.value)}`).join("; ");
}

function setTable(set: string, differences: Difference[]): string {
  const own = differences.filter((one) => one.set === set);
  const measures = MEASURES.filter((measure) => own.some((one) => one.measure === measure));
  const byComponent = Map.groupBy(own, ({ component }) => component);
  const everything = measures.map((measure) => {
    const value = own.find((one) => one.measure === measure)?.full;
    return value === undefined ? "" : decimal(value);
  });
  const rows = [...byComponent].map(([component, some]) => [
    component,
    ...measures.map((measure) => cell(some, measure)),
  ]);
  return `## ${set}\n\n${table(["without", ...measures], [["(nothing)", ...everything], ...rows])}`;
}

function cell(some: Difference[], measure: Measure): string {
  const one = some.find((difference) => difference.measure === measure);
  if (!one) return "";
  const { value, low, high } = one.gain;
  if (value === 0 && low === 0 && high === 0) return `${decimal(one.without)} (same)`;
  const interval = `${signed(value)} [${signed(low)}, ${signed(high)}]`;
  const marked = helps(one) ? `**${interval}**` : harms(one) ? `*${interval}*` : interval;
  return `${decimal(one.without)} ${marked}`;
}

function meanings(parts: Pick<Component, "name" | "without">[]): string {
  const rows = parts.map(({ name, without }) => [name, without]);
  return `## What is done instead\n\n${table(["part", "without it"], rows)}`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  return `${[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}

function decimal(value: number): string {
  return value.toFixed(3).replace(/^(-?)0\./, "$1.");
}

function signed(value: number): string {
  const rounded = decimal(value);
  if (Number(rounded) === 0) return "0";
  return value > 0 ? `+${rounded}` : rounded.replace("-", "−");
}
