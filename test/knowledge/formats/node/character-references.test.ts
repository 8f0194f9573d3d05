import { expect, it } from "vitest";
import { decodeNamedCharacterReference } from "../../../../bundle/decode-named-character-reference.ts";
import { characterEntities } from "character-entities";

it("the bundle's decoder decodes every character reference of HTML like the package that it replaces", () => {
  const names = Object.entries(characterEntities as Record<string, string>);
  expect(names.length).toBeGreaterThan(2000);
  for (const [name, character] of names)
    expect([name, decodeNamedCharacterReference(name)]).toEqual([name, character]);
});

it.each(["notaname", "ampx", "ltlt", "", "amp;", "#38", "constructor", "a b"])(
  "the bundle's decoder knows no character reference named %j",
  (name) => {
    expect(decodeNamedCharacterReference(name)).toBe(false);
  },
);
