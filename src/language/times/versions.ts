import { wordsOfAll } from "./time-expressions.ts";

const VERSION = new RegExp(
  `(?<![\\p{L}\\p{N}.])${wordsOfAll(({ version }) => version)}\\.?\\s?(\\d{1,3}(?:\\.\\d{1,3}){0,3})(?![\\p{L}\\p{N}]|\\.\\d)`,
  "gu",
);

/**
 * The numbers of the versions that a text names: `2.1` of "API v2.1".
 * @param text as `plain` gives it
 */
export function versionsIn(text: string): string[] {
  return Array.from(text.matchAll(VERSION), ([, number = ""]) => number);
}

export function withoutVersions(text: string): string {
  return text.replace(VERSION, " ");
}

/** Whether versions may be the same one: 2 and 2.1 may, 2 and 21 may not. */
export function matchesVersion(left: string, right: string): boolean {
  const [one, other] = [`${left}.`, `${right}.`];
  return one.startsWith(other) || other.startsWith(one);
}

/** Negative if the first version is the older one. */
export function compareVersions(left: string, right: string): number {
  const [lefts, rights] = [left, right].map((version) => version.split(".").map(Number));
  for (let at = 0; at < Math.max(lefts?.length ?? 0, rights?.length ?? 0); at++) {
    const difference = (lefts?.[at] ?? 0) - (rights?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
