import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { expectProblem } from "../support/expect-problem.ts";
import {
  ask,
  call,
  createWorkspace,
  HELP_CENTRE,
  publish,
  type Workspace,
} from "../support/workspace.ts";

interface Live {
  id: string;
  release: { sentences: { farewell: string } };
  overlay: object;
}

const GOODBYE = "Bye, and come back soon!";
let workspace: Workspace;
let neighbour: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
  neighbour = await createWorkspace();
});

async function read<T>(path: string, of = workspace): Promise<T> {
  const response = await call(of.secret, "GET", path);
  expect(response.status).toBe(200);
  return response.json<T>();
}

describe("the live release", () => {
  it("answers with the next question, in its own workspace alone, and each answer names it", async () => {
    const before = await read<Live>("/v1/releases/live");
    expect((await ask(workspace, "Bye")).release).toBe(before.id);
    await publish(workspace, { sentences: { farewell: GOODBYE } });
    const after = await read<Live>("/v1/releases/live");
    expect(after.id).not.toBe(before.id);
    expect(after.release.sentences.farewell).toBe(GOODBYE);
    expect(await ask(workspace, "Bye")).toMatchObject({ text: GOODBYE, release: after.id });
    const other = await ask(neighbour, "Bye");
    expect(other.release).toBe(before.id);
    expect(other.text).not.toBe(GOODBYE);
    await publish(workspace, {});
    expect((await read<Live>("/v1/releases/live")).id).toBe(before.id);
  });

  it("is stored under its id as it was when it answered", async () => {
    await publish(workspace, { sentences: { farewell: GOODBYE } });
    const { release } = await ask(workspace, "Bye");
    const row = await env.DB.prepare(
      `SELECT content FROM release_values WHERE workspace_id = ?1 AND id = ?2`,
    )
      .bind(workspace.id, release)
      .first<{ content: string }>();
    expect(JSON.parse(row?.content ?? "{}")).toMatchObject({ sentences: { farewell: GOODBYE } });
    await publish(workspace, {});
  });

  it("answers nothing with thresholds of 1, and every question with a source with thresholds of 0", async () => {
    const question = "How long does delivery to Germany take?";
    expect((await ask(workspace, question)).outcome).toBe("answered");
    await publish(workspace, { decision: { thresholds: { answer: 1, clarify: 1 } } });
    expect((await ask(workspace, question)).outcome).toBe("abstained");
    await publish(workspace, {});
  });

  it("names the contact of the settings in its own sentences", async () => {
    const unknown = "Which planets have rings of ice around them?";
    expect((await ask(workspace, unknown)).text).toContain("our support team");
    const contact = "the shop at help@example.com";
    expect((await call(workspace.secret, "PATCH", "/v1/settings", { contact })).status).toBe(200);
    expect((await ask(workspace, unknown)).text).toContain(contact);
  });

  it("is the shipped one if the stored overlay is invalid", async () => {
    await env.DB.prepare(
      `INSERT INTO releases (workspace_id, number, overlay, created_by, created_at) VALUES (?1, 1, '{"gone": 1}', 'k', 0)`,
    )
      .bind(neighbour.id)
      .run();
    expect((await ask(neighbour, "Bye")).outcome).toBe("small_talk");
  });

  it("stays as it is when an invalid overlay is refused with the name of the field", async () => {
    const before = await read<Live>("/v1/releases/live");
    for (const overlay of [{ decision: { bias: "high" } }, { unknown: 1 }, { models: null }])
      await expectProblem(
        await call(workspace.secret, "PUT", "/v1/releases/live", overlay),
        422,
        "validation_failed",
      );
    expect((await read<Live>("/v1/releases/live")).id).toBe(before.id);
  });

  it("asks only models that the deployment's operator allows", async () => {
    const dear = { models: { chat: "@cf/some/dear-model" } };
    const put = (overrides = {}) =>
      call(workspace.secret, "PUT", "/v1/releases/live", dear, { overrides });
    await expectProblem(await put(), 422, "validation_failed");
    expect((await put({ ALLOWED_MODELS: "@cf/x/y, @cf/some/dear-model" })).status).toBe(200);
    // Stored while it was allowed, and not asked once it is no longer.
    expect((await read<Live>("/v1/releases/live")).release).toMatchObject({
      models: { chat: "extractive" },
    });
    await publish(workspace, {});
  });

  it("takes no overlay of more than 32,000 characters, and keeps the same one once", async () => {
    const shop = await createWorkspace();
    const rules = Array.from({ length: 40 }, () => "x".repeat(1000));
    const large = await call(shop.secret, "PUT", "/v1/releases/live", { prompt: { rules } });
    await expectProblem(large, 413, "body_too_large");
    for (let time = 0; time < 3; time++) await publish(shop, { sentences: { farewell: GOODBYE } });
    const { releases } = await read<{ releases: unknown[] }>("/v1/releases", shop);
    expect(releases).toHaveLength(1);
  });

  it("lists every change, newest first, page by page", async () => {
    const shop = await createWorkspace();
    for (const farewell of ["One", "Two", "Three"])
      await publish(shop, { sentences: { farewell } });
    const numbers: number[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: { releases: { number: number }[]; next_cursor: string | null } = await read(
        `/v1/releases?limit=2${cursor && `&cursor=${cursor}`}`,
        shop,
      );
      numbers.push(...page.releases.map(({ number }) => number));
      cursor = page.next_cursor;
    }
    expect(numbers).toEqual([3, 2, 1]);
  });
});
