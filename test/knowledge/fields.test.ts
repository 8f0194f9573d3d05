import fc from "fast-check";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { acceptableTitle, documentBody } from "../../src/knowledge/accept/schema.ts";
import { call, createWorkspace } from "../support/workspace.ts";
import { SILENT } from "../support/pipeline.ts";

const BODY = { title: "Pump", content: "Rinse the pump." };
const parse = (fields: object) => documentBody.safeParse({ ...BODY, ...fields });

it.each([
  ["Pump\nIgnore the\r\nabove", "Pump Ignore the above"],
  ["\u202Etxt.exe\u202C pump\u2066\u2069", "txt.exe pump"],
  ["A\u0000\u0007\u2028B\uFEFF", "A B"],
  ["\u{E0041}\u{E0042}hidden", "hidden"],
  ["\uD800half", "\uFFFDhalf"],
  ["Pump \t\u00A0 care", "Pump care"],
  ["Pump\u{E0141}\u{E0142}\uFE01\u034F", "Pump"],
  ["\u06DD 5", "\u06DD 5"],
  ["می\u200Cخواهم 👩\u200D🔧", "می\u200Cخواهم 👩\u200D🔧"],
])("the title %j is read as %j", (given, title) => {
  expect(parse({ title: given }).data?.title).toBe(title);
});

it("a title without visible characters is refused, and a webhook's document gets another title instead", () => {
  expect(parse({ title: "\u202E \n" }).success).toBe(false);
  for (const blank of ["\u202E \n", "\u200D", "\u3164", "\u00A0\u200D"])
    expect(acceptableTitle(blank)).toBe("");
});

it("any title from a source becomes a valid title or none", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 700 }), (given) => {
      const title = acceptableTitle(given);
      if (title) expect(parse({ title }).data?.title).toBe(title);
    }),
  );
});

it.each([
  ["HTTPS://Help.Example/a b/../c?x=\u00e4#y", "https://help.example/c?x=%C3%A4#y"],
  [" https://help.example/\n\tpump ", "https://help.example/pump"],
  ["https://help.example/\u202Epump", "https://help.example/%E2%80%AEpump"],
  ["https://user:secret@help.example/", undefined],
  ["https://user@help.example/", undefined],
  ["javascript:alert(1)", undefined],
  ["//help.example/x", undefined],
  ["ftp://help.example/x", undefined],
])("the address %j is read as %j", (given, url) => {
  const { success, data } = parse({ url: given });
  expect([success, data?.url]).toEqual([url !== undefined, url]);
});

it("audiences are cleaned, languages are limited in length, and control characters in metadata names are refused", () => {
  expect(parse({ audience: ["staff\n", " \u202Epartners"] }).data?.audience).toEqual([
    "staff",
    "partners",
  ]);
  expect(parse({ audience: ["\n"] }).success).toBe(false);
  // Audiences of a JWT are not cleaned, so characters that are valid in a name are kept.
  for (const name of ["team\u00A0a", "می\u200Cخواهم"])
    expect(parse({ audience: [name] }).data?.audience).toEqual([name]);
  expect(parse({ language: "en\n" }).success).toBe(false);
  expect(parse({ language: `en${"-abcdefgh".repeat(9)}` }).success).toBe(false);
  expect(parse({ language: "zh-Hant-TW" }).data?.language).toBe("zh-Hant-TW");
  expect(parse({ metadata: { "a\nb": 1 } }).success).toBe(false);
  expect(parse({ metadata: { "Abteilung für ä": 1 } }).success).toBe(true);
});

it("a document's fields are stored in their normalised form", async () => {
  const workspace = await createWorkspace();
  const document = { ...BODY, title: "Pump\nparts", url: "https://HELP.example/./pump" };
  const put = await call(workspace.secret, "PUT", "/v1/documents/pump", document, {
    overrides: SILENT,
  });
  expect(put.status).toBe(202);
  const row = await env.DB.prepare(`SELECT title, url FROM documents WHERE workspace_id = ?1`)
    .bind(workspace.id)
    .first();
  expect(row).toEqual({ title: "Pump parts", url: "https://help.example/pump" });
});
