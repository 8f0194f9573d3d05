import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { stepGeneration } from "../../src/knowledge/reindex/step.ts";
import type { Services } from "../../src/runtime/services.ts";
import { forgetCallers } from "../../src/conversations/early-embedding.ts";
import {
  endDelays,
  ingestPending,
  read,
  SILENT,
  withServices,
  type DocumentView,
} from "../support/pipeline.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  type Workspace,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";

/** The platform's AI binding, which notes the models that are asked. */
function listening() {
  const asked: string[] = [];
  const run = async (model: string, inputs: object): Promise<unknown> => {
    asked.push(model);
    return await Reflect.apply(env.AI.run, env.AI, [model, inputs]);
  };
  return { asked, overrides: { AI: { run } as unknown as Ai, CHAT_MODEL } };
}

async function allow({ secret }: Workspace, neurons_per_day: number | null): Promise<void> {
  const response = await call(secret, "PATCH", "/v1/settings", { neurons_per_day });
  expect(response.status).toBe(200);
}

it("a workspace without neurons is searched by keywords, and no model is asked", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  await ask(workspace, GERMANY);
  await allow(workspace, 0);
  const { asked, overrides } = listening();
  for (let time = 0; time < 2; time++) {
    const response = await call(
      workspace.secret,
      "POST",
      "/v1/search",
      { query: GERMANY },
      { overrides },
    );
    const found = await response.json<{
      results: { external_id: string }[];
      failed_legs: string[];
    }>();
    expect(found.results[0]?.external_id).toBe("shipping");
    expect(found.failed_legs).toEqual(["vectors"]);
  }
  expect(asked).toEqual([]);
});

it("a workspace without neurons answers questions from keywords, and embeds at most one question of a caller", async () => {
  forgetCallers();
  const workspace = await createWorkspace(HELP_CENTRE);
  await allow(workspace, 0);
  const { asked, overrides } = listening();
  for (let time = 0; time < 4; time++) {
    const { outcome, rung, text } = await ask(workspace, GERMANY, overrides);
    expect(["answered", "clarified"]).toContain(outcome);
    expect(["extractive", "none"]).toContain(rung);
    expect(text).toContain("Shipping");
  }
  expect(asked.length).toBeLessThanOrEqual(1);
  expect(asked).not.toContain(CHAT_MODEL);
  await allow(workspace, null);
  await ask(workspace, GERMANY, overrides);
  expect(asked.length).toBeGreaterThan(1);
});

it("a document of a workspace without neurons is served by keywords, and waits for its vectors for as long as it takes", async () => {
  const [workspace, other] = [await createWorkspace(), await createWorkspace()];
  const document = { title: "Delivery", content: "Delivery to Germany takes two to four days." };
  const quiet = { INGEST_QUEUE: { send: async () => undefined } } as never;
  const put = ({ secret }: Workspace): Promise<Response> =>
    call(secret, "PUT", "/v1/documents/a", document, { overrides: quiet });
  await allow(workspace, 0);
  expect((await put(workspace)).status).toBe(202);
  await put(other);
  const { asked, overrides } = listening();
  const view = (of = workspace): Promise<DocumentView> => read(of, "a");
  await ingestPending({ bindings: overrides });
  expect(asked).toHaveLength(1);
  expect(await view(other)).toMatchObject({ stages: { vectors_at: expect.any(String) } });
  for (let time = 0; time < 3; time++) {
    expect(await view()).toMatchObject({
      status: "live",
      stages: { delayed_by: expect.stringContaining("neurons of the day") },
    });
    await env.DB.prepare(
      `UPDATE outbox SET failing_since = 1 WHERE failing_since IS NOT NULL`,
    ).run();
    await call(workspace.secret, "POST", "/v1/documents/a/retry", undefined, { overrides: quiet });
    await endDelays();
    await ingestPending({ bindings: overrides });
  }
  expect(asked).toHaveLength(1);
  await allow(workspace, null);
  await endDelays();
  await ingestPending({ bindings: overrides });
  expect(await view()).toMatchObject({ stages: { vectors_at: expect.any(String) } });
  expect(await view()).not.toHaveProperty("stages.delayed_by");
});

it("a generation of a workspace without neurons embeds nothing, and says why", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  await allow(workspace, 0);
  const wanted = { model: "@local/all-minilm-l6-v2-256", index: "VECTORIZE_NEXT" };
  const begun = await call(workspace.secret, "POST", "/v1/generations", wanted, {
    overrides: SILENT,
  });
  expect(begun.ok).toBe(true);
  const asked: string[] = [];
  const embedderOf: Services["embedderOf"] = (model) => {
    asked.push(model);
    throw new Error("No model may be asked");
  };
  const step = withServices((services) => stepGeneration(services, workspace.id, 2), {
    embedderOf,
  });
  await expect(step).rejects.toThrow(/neurons of the day/);
  expect(asked).toEqual([]);
  const list = await call(workspace.secret, "GET", "/v1/generations");
  expect(await list.text()).toContain("neurons of the day");
});
