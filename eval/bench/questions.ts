import type { SyntheticText } from "./synthetic-text.ts";

/** The longest message that the chat accepts. */
const MOST_CHARACTERS = 4000;

/** Generators of questions, by kind. */
export const KINDS: Record<string, (text: SyntheticText) => string> = {
  /** A few words as a chunk could have them, one of them misspelt in a quarter of the questions. */
  typical: (text) => text.text(4 + text.below(6)) + (text.below(4) === 0 ? ` ${text.word()}x` : ""),
  broad: (text) => text.common(6 + text.below(5), 60),
  "long message": (text) => upTo(MOST_CHARACTERS, () => text.word()),
  "long and broad": (text) => text.common(300, 400).slice(0, MOST_CHARACTERS),
  "stack trace": (text) => upTo(MOST_CHARACTERS, () => frameOf(text)),
};

function upTo(characters: number, next: () => string): string {
  const parts: string[] = [];
  for (let size = 0; size < characters; size += (parts.at(-1)?.length ?? 0) + 1) parts.push(next());
  return parts.join(" ").slice(0, characters);
}

function frameOf(text: SyntheticText): string {
  const name = (): string => text.word();
  const Class = capital(name()) + capital(name());
  const address = text.below(2 ** 31).toString(16);
  return `\n    at com.${name()}.${name()}.${Class}$${capital(name())}.${name()}(${Class}.java:${text.below(2000)}) ~[${name()}-${text.below(9)}.${text.below(20)}.${text.below(9)}.jar:0x${address}]`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
