import type { UIMessageChunk } from "ai";
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { expect, it } from "vitest";
import { gatedModel } from "../support/gated-model.ts";
import { parseParts } from "../support/ui-client.ts";
import {
  call,
  createWorkspace,
  HELP_CENTRE,
  readConversation,
  type Workspace,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";
const FIRST = "Delivery to Germany takes 3 working days [1]. It ";
const REST = "costs 4.90 euros [1].";

type Model = ReturnType<typeof gatedModel>;

async function startTurn(
  workspace: Workspace,
  { overrides }: Model,
  context = createExecutionContext(),
): Promise<Response> {
  const body = { message: GERMANY };
  return await call(workspace.publishable, "POST", "/v1/chat", body, { overrides, context });
}

/** Reads up to the first part of a type. */
async function readTo(
  reader: ReadableStreamDefaultReader<UIMessageChunk>,
  type: string,
): Promise<UIMessageChunk[]> {
  const parts: UIMessageChunk[] = [];
  while (parts.at(-1)?.type !== type) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The stream ended before ${type}: ${JSON.stringify(parts)}`);
    parts.push(value);
  }
  return parts;
}

function conversationOf(parts: UIMessageChunk[]): string {
  const start = parts.find((part) => part.type === "start");
  const metadata = start?.messageMetadata as { conversation_id: string } | undefined;
  return metadata?.conversation_id ?? "";
}

const recorded = (workspace: Workspace, id: string) => async (): Promise<unknown> => {
  const { messages } = await readConversation(workspace, id);
  return messages.map(({ role, text, outcome }) => ({ role, text, outcome }));
};
const WHOLE_TURN = [
  { role: "visitor", text: GERMANY, outcome: null },
  { role: "assistant", text: FIRST + REST, outcome: "answered" },
];

it("each sentence is streamed before the model has generated the one after the next", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const model = gatedModel();
  const reader = parseParts(await startTurn(workspace, model)).getReader();
  // The model has said nothing yet.
  const opening = await readTo(reader, "source-url");
  expect(opening.map(({ type }) => type)).toEqual(["start", "start-step", "source-url"]);
  // A sentence waits for its end, because it may turn out to be a promise, and for the citations behind it.
  for (const piece of ["Delivery to Germany ", "takes 3 working days", ". [1", "] It "])
    model.say(piece);
  const delta = "Delivery to Germany takes 3 working days. [1] ";
  expect((await readTo(reader, "text-delta")).at(-1)).toMatchObject({ delta });
  model.say("costs 4.90 euros [1]. And");
  expect((await readTo(reader, "text-delta")).at(-1)).toMatchObject({
    delta: "It costs 4.90 euros [1]. ",
  });
  model.end();
  expect((await readTo(reader, "finish")).map(({ type }) => type)).toContain("data-outcome");
});

it("the turn of a visitor who leaves after the first word is completed and stored", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const model = gatedModel();
  const context = createExecutionContext();
  const reader = parseParts(await startTurn(workspace, model, context)).getReader();
  model.say(FIRST);
  const id = conversationOf(await readTo(reader, "text-delta"));
  await reader.cancel();
  model.say(REST);
  expect(model.cancelled()).toBe(false);
  expect(await recorded(workspace, id)()).toEqual(WHOLE_TURN.slice(0, 1));
  model.end();
  // The Worker itself is kept alive until the turn is stored.
  await waitOnExecutionContext(context);
  expect(await recorded(workspace, id)()).toEqual(WHOLE_TURN);
});

it("a turn does not wait for a visitor who does not read the stream", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const model = gatedModel();
  const response = await startTurn(workspace, model);
  const [head, rest] = parseParts(response).tee();
  const id = conversationOf(await readTo(head.getReader(), "start"));
  for (const text of [FIRST, REST]) model.say(text);
  model.end();
  await expect.poll(recorded(workspace, id)).toEqual(WHOLE_TURN);
  expect((await Array.fromAsync(rest)).at(-1)?.type).toBe("finish");
});
