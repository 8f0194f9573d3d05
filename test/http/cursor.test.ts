import fc from "fast-check";
import { expect, it } from "vitest";
import { readCursor, writeCursor } from "../../src/http/cursor.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";
import { SILENT } from "../support/pipeline.ts";
import { expectProblem } from "../support/expect-problem.ts";

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ %é".split(
  "",
);
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });

it("a cursor comes back as the position it was written for", async () => {
  await fc.assert(
    fc.asyncProperty(text, text, text, async (secret, list, position) => {
      const well = position.toWellFormed();
      expect(await readCursor(secret, list, await writeCursor(secret, list, well))).toBe(well);
    }),
  );
});

it("a cursor is refused after any change of one character: another one, one more, one less", async () => {
  const change = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom("replace", "insert", "remove"),
    character: fc.constantFrom(...BASE64URL),
  });
  await fc.assert(
    fc.asyncProperty(text, change, async (position, { at, kind, character }) => {
      const cursor = await writeCursor("secret", "documents:ws_1:", position.toWellFormed());
      const index = at % (cursor.length + (kind === "insert" ? 1 : 0));
      const changed =
        cursor.slice(0, index) +
        (kind === "remove" ? "" : character) +
        cursor.slice(kind === "insert" ? index : index + 1);
      fc.pre(changed !== cursor);
      await expect(readCursor("secret", "documents:ws_1:", changed)).rejects.toMatchObject({
        code: "invalid_cursor",
      });
    }),
    { numRuns: 500 },
  );
});

it("a cursor is refused by another secret or list", async () => {
  await fc.assert(
    fc.asyncProperty(text, text, text, async (one, other, position) => {
      fc.pre(one !== other);
      const cursor = await writeCursor(one, one, position.toWellFormed());
      const refused = { code: "invalid_cursor" };
      await expect(readCursor(one, other, cursor)).rejects.toMatchObject(refused);
      await expect(readCursor(other, one, cursor)).rejects.toMatchObject(refused);
    }),
  );
});

const ID_COUNT = 7;

async function withDocuments(): Promise<Workspace> {
  const workspace = await createWorkspace();
  for (let index = 0; index < ID_COUNT; index++) {
    const path = `/v1/documents/${encodeURIComponent(`d/${index}é`)}`;
    const body = { title: "Pump", content: `Part ${index}` };
    await call(workspace.secret, "PUT", path, body, { overrides: SILENT });
  }
  return workspace;
}

interface Page {
  documents: { external_id: string }[];
  next_cursor: string | null;
}

async function list(workspace: Workspace, query: Record<string, string>): Promise<Response> {
  const path = `/v1/documents?${new URLSearchParams(query).toString()}`;
  return call(workspace.secret, "GET", path);
}

it("a cursor leads through every document once, in pages of any size", async () => {
  const workspace = await withDocuments();
  for (const limit of ["1", "3", "7", "200"]) {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const response = await list(workspace, { limit, ...(cursor ? { cursor } : {}) });
      expect(response.status).toBe(200);
      const page: Page = await response.json();
      seen.push(...page.documents.map(({ external_id }) => external_id));
      cursor = page.next_cursor;
    } while (cursor);
    expect(seen).toEqual(Array.from({ length: ID_COUNT }, (_, index) => `d/${index}é`));
  }
});

it("a cursor is valid only for its workspace and filter", async () => {
  const [ours, theirs] = [await withDocuments(), await withDocuments()];
  const { next_cursor } = await (await list(ours, { limit: "2" })).json<Page>();
  const cursor = next_cursor ?? "";
  expect(cursor).not.toBe("");
  // Even though the secret of every test workspace is the same.
  await expectProblem(await list(theirs, { cursor }), 400, "invalid_cursor");
  await expectProblem(await list(ours, { cursor, status: "pending" }), 400, "invalid_cursor");
  const [payload = "", signature = ""] = cursor.split(".");
  const forged = [
    "",
    ".",
    "..",
    payload,
    `${payload}.`,
    `.${signature}`,
    `${signature}.${payload}`,
    `${cursor}.${signature}`,
    cursor.toLowerCase(),
    ` ${cursor}`,
    `${cursor}\n`,
    "0",
    "null",
    "' OR 1=1 --",
    "💧",
    "x".repeat(1000),
  ];
  for (const wrong of forged) {
    await expectProblem(await list(ours, { cursor: wrong }), 400, "invalid_cursor");
  }
  await expectProblem(await list(ours, { cursor: "x".repeat(1001) }), 422, "validation_failed");
});

it("a list refuses invalid limits and filters", async () => {
  const workspace = await withDocuments();
  const wrong: Record<string, string>[] = [
    ...["0", "201", "-1", "1.5", "ten", "", "NaN", "1e9", "0x"].map((limit) => ({ limit })),
    ...["", "live,pending", "LIVE", "constructor"].map((status) => ({ status })),
  ];
  for (const query of wrong) {
    await expectProblem(await list(workspace, query), 422, "validation_failed");
  }
});
