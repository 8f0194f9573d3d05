import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { openAiStream } from "../support/chat-script.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  type Workspace,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";
const SAID = openAiStream(["Delivery to Germany takes 3 working days [1]."]);

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
  // An isolate's first turns read what later ones know.
  await ask(workspace, "Hello");
});

/** Waits before the first word, and calls of AI, of Vectorize and of D1: what each kind of turn may take. */
const KINDS: [kind: string, sequential: number, ai: number][] = [
  ["first, with a model", 4, 2],
  ["kept answer", 3, 1],
  ["dependent, with a model", 5, 3],
  ["first, quoted", 3, 1],
  ["dependent, quoted", 4, 1],
  ["small talk", 2, 1],
  ["abstained", 3, 1],
  ["owner's answer", 3, 1],
];

it("each kind of turn takes its calls and waits, and no more", async () => {
  const taken = new Map<string, ChatResult["binding_calls"]>();
  const turn = async (kind: string, message: string, model: boolean, id?: string) => {
    const body = { message, ...(id && { conversation_id: id }) };
    const result = await ask(workspace, body, model ? { CHAT_MODEL } : {});
    taken.set(kind, result.binding_calls);
    return result;
  };
  await env.CONTROL.scriptChat(SAID);
  const first = await turn("first, with a model", GERMANY, true);
  await turn("kept answer", GERMANY, true);
  await env.CONTROL.scriptChat(openAiStream(["How long is delivery to Canada?"]));
  await env.CONTROL.scriptChat(SAID);
  await turn("dependent, with a model", "and to Canada?", true, first.conversation_id);
  const quoted = await turn("first, quoted", "How long does delivery to Canada take?", false);
  await turn("dependent, quoted", "and to Germany?", false, quoted.conversation_id);
  await turn("small talk", "Good morning!", false);
  const { outcome } = await turn("abstained", "Who won the chess championship?", false);
  expect(outcome).toBe("abstained");
  const wordings = ["Do you sell vouchers?", "gift card"];
  const owners = { wordings, text: "Yes, from 10 euros on." };
  await call(workspace.secret, "PUT", "/v1/answers/vouchers", owners);
  // The first turn after a change reads the playbook, in the batch that it makes anyway.
  await turn("owner's answer", "do you sell vouchers", true);
  console.log([...taken].map(([kind, calls]) => `${kind}: ${JSON.stringify(calls)}`).join("\n"));
  for (const [kind, sequential, ai] of KINDS) {
    expect(taken.get(kind)?.sequential, kind).toBeLessThanOrEqual(sequential);
    expect(taken.get(kind)?.ai, kind).toBeLessThanOrEqual(ai);
  }
});
