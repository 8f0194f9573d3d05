/** The phrases of a text that are divided by commas, each with one space between its words. */
export function listed(text: string): string[] {
  return text.split(",").map((phrase) => phrase.trim().split(/\s+/).join(" "));
}
