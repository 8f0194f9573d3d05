import { expect, it } from "vitest";
import { ask, call, createWorkspace, HELP_CENTRE, readConversation } from "../support/workspace.ts";

it("a conversation is shown to its workspace without the fields that only retrieval needs", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const asked = await ask(workspace, "How do I clean the pump?");
  const id = asked.conversation_id;
  const view = await readConversation(workspace, id);
  expect(Object.keys(view).toSorted()).toEqual([
    "created_at",
    "id",
    "messages",
    "metadata",
    "updated_at",
  ]);
  for (const message of view.messages) {
    expect(Object.keys(message).toSorted()).toEqual([
      "author",
      "choices",
      "citations",
      "confidence",
      "created_at",
      "failure",
      "id",
      "language",
      "outcome",
      "role",
      "rung",
      "text",
    ]);
    expect(new Date(message.created_at).toISOString()).toBe(message.created_at);
  }
  expect(view.messages[0]).toMatchObject({ role: "visitor", outcome: null, citations: [] });

  const again = await ask(workspace, { message: "Thanks", conversation_id: id });
  const later = await readConversation(workspace, id);
  expect(later.created_at).toBe(view.created_at);
  expect(Date.parse(later.updated_at)).toBeGreaterThanOrEqual(Date.parse(view.updated_at));
  expect(later.messages.slice(0, 2)).toEqual(view.messages);
  expect(later.messages.at(-1)?.id).toBe(again.message_id);

  // What an answer cited stays readable after its document has gone.
  await call(workspace.secret, "DELETE", "/v1/documents/pump");
  expect((await readConversation(workspace, id)).messages[1]?.citations).toEqual(asked.citations);
  expect((await ask(workspace, "How do I clean the pump?")).citations).toEqual([]);
});
