import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { hideDocument } from "../../src/knowledge/accept/hide.ts";
import { PDF, pdf } from "../support/files.ts";
import { expectProblem } from "../support/expect-problem.ts";
import { dropPendingWork, ingestPending, remove, SILENT, store } from "../support/pipeline.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";

beforeEach(dropPendingWork);

interface Preview {
  version: number;
  live_version: number;
  content: string;
  markdown?: string | null;
}

function get(workspace: Workspace, id: string, query = "?include=markdown"): Promise<Response> {
  return call(workspace.secret, "GET", `/v1/documents/${id}${query}`);
}

async function preview(workspace: Workspace, id: string): Promise<Preview> {
  return (await get(workspace, id)).json<Preview>();
}

const page = (words: string): object => ({
  title: "Opening hours",
  content: `<main><h2>Shop</h2><p>${words}</p></main>`,
  content_type: "text/html",
});

it("the preview of a document is the text of the version that is served, and says of which", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "hours", page("We open at nine."));
  expect(await preview(workspace, "hours")).toMatchObject({ live_version: 0, markdown: null });
  await ingestPending();
  expect(await preview(workspace, "hours")).toMatchObject({
    live_version: 1,
    markdown: expect.stringMatching(/^## Shop\n\nWe open at nine\.\n$/) as string,
  });
  await store(workspace, "hours", page("We open at ten."));
  expect(await preview(workspace, "hours")).toMatchObject({
    version: 2,
    live_version: 1,
    content: expect.stringContaining("ten") as string,
    markdown: expect.stringContaining("nine") as string,
  });
  expect(await (await get(workspace, "hours", "")).json<Preview>()).not.toHaveProperty("markdown");
});

it("a file has a preview, too", async () => {
  const workspace = await createWorkspace();
  await call(
    workspace.secret,
    "PUT",
    "/v1/documents/manual?title=Manual",
    pdf(["Rinse the pump every month."]),
    { headers: { "content-type": PDF }, overrides: SILENT },
  );
  await ingestPending();
  const { markdown } = await preview(workspace, "manual");
  expect(markdown).toContain("# Page 1\n\nRinse the pump every month.");
});

it("a hidden document has no preview, a deleted one is not found, and the preview needs a secret key", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "hours", page("We open at nine."));
  await ingestPending();
  await hideDocument(env.DB, workspace.id, "hours", "taken down", Date.now(), undefined, {
    actor: "test",
    requestId: "",
  });
  expect(await preview(workspace, "hours")).toMatchObject({ live_version: 0, markdown: null });
  await remove(workspace, "hours");
  await expectProblem(await get(workspace, "hours"), 404, "not_found");
  const path = "/v1/documents/hours?include=markdown";
  expect((await call(workspace.publishable, "GET", path)).status).toBe(403);
  await expectProblem(await get(workspace, "hours", "?include=all"), 422, "validation_failed");
});
