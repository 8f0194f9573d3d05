import { beforeAll, describe, expect, it } from "vitest";
import { compoundSpellings } from "../../src/retrieval/compounds.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";
import { foundBy, search } from "../support/pipeline.ts";

describe("compound spellings", () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await createWorkspace({
      network: { title: "Network", content: "The Wi-Fi of the lamp takes a minute." },
      codes: { title: "Codes", content: "E-07 says that the water is too warm." },
      joined: { title: "Pumps", content: "Type FHP12 is the quiet pump." },
      vouchers: { title: "Vouchers", content: "A gift card is valid for three years." },
      accounts: { title: "Accounts", content: "The signup takes a minute, with a password." },
      mail: { title: "Mail", content: "An email is answered within a day." },
    });
  });

  it.each([
    ["wifi", "network"],
    ["wi-fi", "network"],
    ["e07", "codes"],
    ["E 07", "codes"],
    ["FHP-12", "joined"],
    ["Giftcard", "vouchers"],
    ["sign up", "accounts"],
    ["sign-up", "accounts"],
    ["e-mail", "mail"],
  ])(
    "a search for %s finds the document “%s”, which writes it joined or apart",
    async (question, document) => {
      const [first] = await foundBy("keywords", workspace, question);
      expect(first).toBe(document);
    },
  );

  it("a code counts as a known word of the documents, whether it is written with a hyphen or without", async () => {
    const [apart, together, neither] = await Promise.all([
      search(workspace, "What is the e-07?"),
      search(workspace, "What is the e07?"),
      search(workspace, "What is the e08?"),
    ]);
    expect(together.answerability).toBeGreaterThan(neither.answerability);
    expect(together.answerability).toBeCloseTo(apart.answerability, 1);
  });

  it("words are joined only if the documents use the joined word, and a word is parted only if they do not use it", () => {
    const spellings = compoundSpellings("the password");
    expect(spellings).toContainEqual({
      typed: "the password",
      written: "thepassword",
      known: ["thepassword"],
    });
    expect(spellings).toContainEqual({
      typed: "password",
      written: "pass word",
      known: ["pass", "word"],
      unknown: "password",
    });
    expect(compoundSpellings("may be in to")).toEqual([]);
  });

  it.each(["I lost a part", "abroad", "area", "the minimum amount", "Togo"])(
    "“%s” is not joined or parted at an article or between two stop words",
    async (question) => {
      const other = await createWorkspace({
        speaker: {
          title: "Speaker",
          content:
            "Take it apart. It is a broad range with a mount. There are a few of them to go.",
        },
      });
      expect(await foundBy("keywords", other, question)).toEqual([]);
    },
  );

  it("compound spellings are made of the first words of a long message only", () => {
    for (const word of ["abcdefghijklmnop ", "a1-b2 ", "漢字1 ", "\u{1f600}x\u0301- "])
      expect(compoundSpellings(word.repeat(800)).length).toBeLessThan(500);
  });
});
