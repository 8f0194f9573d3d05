import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { deliver, store } from "../support/pipeline.ts";
import { ask, createWorkspace, HELP_CENTRE } from "../support/workspace.ts";

beforeEach(() => env.CONTROL.reset());

it.each([
  ["nothing", {}],
  ["other documents", { shipping: HELP_CENTRE["shipping"], pump: HELP_CENTRE["pump"] }],
])(
  "new documents are answered from before their vectors are visible, beside %s",
  async (_, known) => {
    const workspace = await createWorkspace(known as typeof HELP_CENTRE);
    await env.CONTROL.settleVectorize();
    await env.CONTROL.setVectorizeDelay(3_600_000);
    const { documentId } = await store(workspace, "returns", HELP_CENTRE["returns"] ?? {});
    await deliver([documentId]);
    const { outcome, citations } = await ask(workspace, "How do I return an order?");
    expect(outcome).toBe("answered");
    expect(citations.map(({ external_id }) => external_id)).toEqual(["returns"]);
  },
);
