/** A span of code, between more backticks than it has in a row. */
export function codeSpan(code: string): string {
  const mark = longerThanIn(code, 1);
  const space = /^`|`$/.test(code) ? " " : "";
  return `${mark}${space}${code}${space}${mark}`;
}

/** A block of code, between fences that are longer than any in it. */
export function codeBlock(code: string, language = ""): string {
  const fence = longerThanIn(code, 3);
  return `${fence}${language}\n${code}\n${fence}`;
}

/** A run of at least so many backticks that is longer than any in the code. */
function longerThanIn(code: string, least: number): string {
  let longest = least - 1;
  for (const [run] of code.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return "`".repeat(longest + 1);
}
