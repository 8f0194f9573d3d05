import { isPresent, type AskedTime } from "../language/times/asked-time.ts";
import { periodsOfLine, type Scope } from "../language/times/scope.ts";
import { matchesVersion } from "../language/times/versions.ts";
import { mayHoldDates, type Period } from "../language/times/time-expressions.ts";

/**
 * Whether a text applies to the time that a question is about: it says that it does (`fits`), says that it does not (`misfits`), or says
 * nothing of it (`open`).
 */
export type Fit = "fits" | "misfits" | "open";

export function fitOf({ bounds, dated, isSuperseded, version }: Scope, asked: AskedTime): Fit {
  if (version !== undefined && asked.versions.length > 0)
    return asked.versions.some((named) => matchesVersion(named, version)) ? "fits" : "misfits";
  if (bounds) return fitOfPeriod(bounds, asked);
  if (isPresent(asked)) return isSuperseded ? "misfits" : "open";
  if (!dated) return isSuperseded ? "fits" : "open";
  const isMeant = asked.isPast
    ? dated.until <= asked.now
    : asked.periods.some((period) => overlaps(period, dated));
  if (isMeant) return "fits";
  return isSuperseded ? "misfits" : "open";
}

/** Whether what applies in a period applies to the time of the question. */
export function fitOfPeriod(bounds: Period, asked: AskedTime): Fit {
  const { now } = asked;
  if (isPresent(asked)) return bounds.from <= now && now < bounds.until ? "fits" : "misfits";
  if (asked.isPast) return bounds.until <= now ? "fits" : "open";
  return asked.periods.some((period) => overlaps(period, bounds)) ? "fits" : "misfits";
}

function overlaps(one: Period, other: Period): boolean {
  return one.from < other.until && other.from < one.until;
}

/**
 * How the lines of paragraphs, lists and tables fit. What stands under a line that ends with a colon is as that line: "Orders placed before
 * 1 March 2025:"; and what follows a question, up to the next one.
 * @param blocks the lines of each block
 */
export function fitsOfBlocks(blocks: string[][], asked: AskedTime): Fit[][] {
  let entry: Fit = "open";
  let introduced: Fit = "open";
  return blocks.map((lines) => {
    const [first = ""] = lines;
    if (first.trimEnd().endsWith("?")) entry = fitOfLine(first, asked);
    let label: Fit = introduced;
    const fits = lines.map((line) => {
      const own = fitOfLine(line, asked);
      if (line.trimEnd().endsWith(":")) label = own;
      return [own, label, entry].find((fit) => fit !== "open") ?? "open";
    });
    introduced = lines.at(-1)?.trimEnd().endsWith(":") === true ? (fits.at(-1) ?? "open") : "open";
    return fits;
  });
}

function fitOfLine(line: string, asked: AskedTime): Fit {
  const fits = periodsOfLine(line).map((period) => fitOfPeriod(period, asked));
  return fits.find((fit) => fit !== "misfits") ?? fits[0] ?? "open";
}

/** How a passage fits by its own words: it does if a line does, and does not if every line says so. */
export function fitOfText(text: string, asked: AskedTime): Fit {
  if (!mayHoldDates(text)) return "open";
  const blocks = text
    .split(/\n[ \t]*\n/)
    .map((block) => block.split("\n").filter((line) => line.trim()));
  const fits = fitsOfBlocks(blocks, asked).flat();
  if (fits.includes("fits")) return "fits";
  return fits.length > 0 && fits.every((fit) => fit === "misfits") ? "misfits" : "open";
}
