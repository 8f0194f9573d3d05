// `npm run bench:distance`: simulates what the distance between visitors and the database costs a turn, and what shortens it.
import { readArguments, readCount, runCommand, UsageError } from "../cli/command.ts";
import { CITIES, DATABASE_CITIES, type City } from "./distance/cities.ts";
import { measureStaleness } from "./distance/staleness.ts";
import { VARIANTS } from "./distance/variants.ts";
import { openWorld, type VisitorsTurn, type World } from "./distance/world.ts";
import { printTable } from "./print.ts";
import { readSet } from "./sets/read-set.ts";

const HELP = `
Usage: npm run bench:distance -- [options]

Runs real turns of the application in this process, on the demo's help centre. Each call of a binding takes the time that the way
to where it is answered would take, on a simulated clock. Processor time counts as none. Variants:

  near visitor             the Worker runs near the visitor, every database call goes to the primary
  session, unconstrained   near the visitor; reads go to the nearest replica, which may be old
  session, first primary   near the visitor; the first read goes to the primary, later ones to the nearest replica
  near database            the Worker is placed near the primary

  --lag <ms>           how long a replica takes to repeat a transaction, besides its way there; default 100
  --first-word <ms>    how long the chat model takes to its first word; default 400

Exit code: 0 done, 1 something failed, 2 wrong usage.
`;

/** Assumed, and the same in every variant, so that they change ratios but no differences. */
const TIMES = { d1: 5, vectorize: 30, embedding: 30, nextWord: 20 };
const MESSAGE = "How do I cancel my subscription?";
const FAR = { visitor: "Sydney", primary: "Frankfurt" } as const;

interface Row {
  primary: City;
  visitor: City;
  turns: VisitorsTurn[];
}

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, {
    lag: { type: "string" },
    "first-word": { type: "string" },
  });
  if (positionals.length > 0) throw new UsageError(`What is "${positionals[0]}"?`);
  const lag = readCount(values.lag, "--lag", 100, 0);
  const firstWord = readCount(values["first-word"], "--first-word", 400, 0);
  const { documents } = await readSet("demo");
  const world = await openWorld(documents, { ...TIMES, firstWord }, lag);
  const rows: Row[] = [];
  for (const primary of DATABASE_CITIES)
    for (const visitor of CITIES) rows.push(await measure(world, primary, visitor));
  printTimes("Milliseconds to the first word", rows, ({ firstWord: at }) => at ?? Number.NaN);
  printTimes("Milliseconds to the end", rows, ({ end }) => end);
  await printStaleness(world, lag);
  return 0;
});

async function measure(world: World, primary: City, visitor: City): Promise<Row> {
  const turns: VisitorsTurn[] = [];
  for (const place of Object.values(VARIANTS)) {
    const placement = place(visitor, primary);
    const turn = await world.ask({ visitor, placement, message: MESSAGE });
    if (turn.rung !== "model") throw new Error(`No model answered: ${JSON.stringify(turn)}`);
    turns.push(turn);
    // The next turn finds replicas that have caught up.
    await world.wait(60_000);
  }
  return { primary, visitor, turns };
}

function printTimes(title: string, rows: Row[], of: (turn: VisitorsTurn) => number): void {
  console.log(`\n${title}\n`);
  const [, ...others] = Object.keys(VARIANTS);
  printTable(
    ["primary", "visitor", ...Object.keys(VARIANTS), ...others.map((name) => `× ${name}`)],
    rows.map(({ primary, visitor, turns }) => {
      const [base = Number.NaN, ...rest] = turns.map(of);
      const ratios = rest.map((time) => (time / base).toFixed(2));
      return [primary, visitor, ...[base, ...rest].map((time) => time.toFixed(0)), ...ratios];
    }),
  );
}

async function printStaleness(world: World, lag: number): Promise<void> {
  console.log(
    `\nA visitor in ${FAR.visitor}, the primary in ${FAR.primary}, replicas ${lag} ms late, asked in the moment after the change\n`,
  );
  const rows = [
    await measureStaleness(world, FAR, "near visitor"),
    await measureStaleness(world, FAR, "session, unconstrained"),
    await measureStaleness(world, FAR, "session, unconstrained", true),
    await measureStaleness(world, FAR, "session, first primary"),
    await measureStaleness(world, FAR, "near database"),
  ];
  printTable(
    ["variant", "follow-up", "first word", "knows the answer", "deleted document", "revoked key"],
    rows.map(({ name, followUp, citesDeleted, revokedKey }) => [
      name,
      `${followUp.status}`,
      followUp.firstWord?.toFixed(0) ?? "–",
      followUp.recalled ? "yes" : "no",
      citesDeleted ? "cited" : "gone",
      `${revokedKey}`,
    ]),
  );
}
