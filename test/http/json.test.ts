import fc from "fast-check";
import { expect, it } from "vitest";
import { parseJson } from "../../src/http/json.ts";
import { Problem } from "../../src/http/problem.ts";

function codeOf(text: string): string {
  try {
    parseJson(text);
    return "accepted";
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

it("parseJson reads every JSON value as JSON.parse does", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      fc.pre(!text.includes("__proto__"));
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

it("parseJson refuses an object that names a field twice, at any depth and with any escapes", () => {
  const key = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== "__proto__");
  const escape = (name: string): string =>
    `"${Array.from({ length: name.length }, (_, at) => `\\u${name.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`;
  const wrap: ((text: string) => string)[] = [
    (text) => text,
    (text) => `[${text}]`,
    (text) => `{"outer":${text}}`,
    (text) => `{"list":[1,"{",${text},"}"]}`,
  ];
  fc.assert(
    fc.property(key, fc.constantFrom(...wrap), fc.jsonValue(), (name, outside, between) => {
      const inner = { [`x${name}`]: between };
      const rest = JSON.stringify(inner).slice(1, -1);
      fc.pre(!rest.includes("__proto__"));
      const plain = JSON.stringify(name);
      for (const again of [plain, escape(name)]) {
        expect(codeOf(outside(`{${plain}:1,${rest},${again} : 2}`))).toBe("duplicate_field");
      }
    }),
  );
});

it.each(
  [
    ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}', "accepted"],
    ['{"a":"\\"a\\":1","b":["a","a"]}', "accepted"],
    ['{"constructor":{"prototype":{}},"proto":1}', "accepted"],
    ['["__proto__"]', "accepted"],
    ['{"":1,"":2}', "duplicate_field"],
    ['{"a":{"b":1},"a":{"b":1}}', "duplicate_field"],
    ['{"a":[],"\\u0061":[]}', "duplicate_field"],
    ['{"__proto__":{}}', "validation_failed"],
    ['[{"x":{"\\u005f_proto__":null}}]', "validation_failed"],
    [`${"[".repeat(100)}${"]".repeat(100)}`, "accepted"],
    [`${"[".repeat(101)}${"]".repeat(101)}`, "validation_failed"],
    [`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`, "validation_failed"],
    ["[".repeat(1_000_000), "malformed_json"],
    ['{"a":1,}', "malformed_json"],
    ["{'a':1}", "malformed_json"],
    ['{"a":NaN}', "malformed_json"],
    ["", "malformed_json"],
  ].map(([text = "", code = ""]) => [text.slice(0, 60), code, text] as const),
)("parseJson of %s: %s", (_, code, text) => {
  expect(codeOf(text)).toBe(code);
});
