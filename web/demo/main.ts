import {
  askQuestion,
  findKey,
  readWorkspace,
  requestStop,
  UNKNOWN_WORKSPACE,
  type KeyLookup,
} from "./api.ts";
import { keep, recall, type KeptConversation } from "./kept-conversation.ts";
import type { ChatEvent, Outcome } from "./stream.ts";
import type { TurnEnd, TurnView } from "./turn-view.ts";
import { openPage } from "./view.ts";

/** The key of the demo that `npm start` loads: its documents are those of the fictional company. */
const LOCAL_DEMO_KEY = "pk_local_demo";

let key: string | null = null;
let conversation: KeptConversation | null = null;
let running: AbortController | null = null;
/** A server that is asked to stop ends the stream within a second or two; one that does not is left. */
const STOP_WITHIN_MS = 4000;
const STOP_AGAIN_MS = 500;

const ask = (message: string, confirm = ""): void => {
  if (!running && key) void answer(key, { message, confirm }, page.addTurn(message));
};

const page = openPage({
  ask,
  stop() {
    const stopped = running;
    if (!stopped) return;
    // Before its first answer begins, a conversation has no name by which the server could be asked.
    if (!key || !conversation) return stopped.abort();
    void stopAtServer(key, conversation, stopped);
    setTimeout(() => stopped.abort(), STOP_WITHIN_MS);
  },
  startOver() {
    if (key && conversation && running) void requestStop(key, conversation);
    running?.abort();
    running = null;
    conversation = null;
    if (key) keep(key, null);
    page.setBusy(false);
    page.clear();
  },
});

const lookup = await findKey(location.search);
if (lookup.kind === "found") {
  key = lookup.key;
  const [workspace] = await Promise.all([readWorkspace(key), showKept(key)]);
  page.showWelcome(key === LOCAL_DEMO_KEY ? "demo" : (workspace ?? UNKNOWN_WORKSPACE));
  if (workspace) page.enable();
  else page.showSetupNotice(...setupNotice("refused"));
} else {
  page.showWelcome(UNKNOWN_WORKSPACE);
  page.showSetupNotice(...setupNotice(lookup.kind));
}

/** Shows the conversation that this tab had before the page was loaded again. */
async function showKept(key: string): Promise<void> {
  const kept = await recall(key);
  if (!kept || kept.turns.length === 0) return;
  conversation = kept.conversation;
  for (const [index, { question, messageId, outcome }] of kept.turns.entries()) {
    const turn = page.addTurn(question);
    turn.begin();
    if (index === 0 && outcome) turn.disclose(kept.conversation.disclosure);
    if (outcome) {
      turn.showOutcome(outcome, { conversation: kept.conversation.id, message: messageId }, ask);
    }
    turn.end({ kind: endOf(outcome) }, retry(key, { message: question, confirm: "" }, turn));
    page.watch(turn);
  }
}

/** Asks again while the turn has not begun at the server: until then there is nothing to stop. */
async function stopAtServer(
  key: string,
  asked: KeptConversation,
  { signal }: AbortController,
): Promise<void> {
  while (!signal.aborted && !(await requestStop(key, asked)))
    await new Promise((resolve) => setTimeout(resolve, STOP_AGAIN_MS));
}

function endOf(outcome: Outcome | null): "finished" | "stopped" | "not_kept" {
  if (!outcome) return "not_kept";
  return outcome.stopped ? "stopped" : "finished";
}

/** What a visitor sends: the message, and the proposal that it agrees to. */
type Sent = { message: string; confirm: string };

function retry(key: string, question: Sent, turn: TurnView): () => void {
  return () => {
    if (running) return;
    turn.root.focus({ preventScroll: true });
    void answer(key, question, turn);
  };
}

async function answer(key: string, sent: Sent, turn: TurnView): Promise<void> {
  const controller = new AbortController();
  running = controller;
  turn.begin();
  page.setBusy(true);
  page.watch(turn);
  const end = await streamAnswer(key, sent, turn, controller.signal);
  // After "New conversation" this turn is gone from the page, and the state belongs to the next one.
  if (running !== controller) return;
  running = null;
  turn.end(end, retry(key, sent, turn));
  page.setBusy(false);
  page.follow();
}

async function streamAnswer(
  key: string,
  sent: Sent,
  turn: TurnView,
  signal: AbortSignal,
): Promise<TurnEnd> {
  try {
    const reply = await askQuestion(key, { ...sent, conversation }, signal);
    if (!reply.ok) return { kind: "failed", failure: reply.failure };
    return await showEvents(key, reply.events, turn, signal);
  } catch {
    return { kind: signal.aborted ? "stopped" : "cut_off" };
  }
}

async function showEvents(
  key: string,
  events: AsyncGenerator<ChatEvent>,
  turn: TurnView,
  signal: AbortSignal,
): Promise<TurnEnd> {
  const ids = { conversation: "", message: "" };
  let isStopped = false;
  for await (const event of events) {
    if (signal.aborted) return { kind: "stopped" };
    switch (event.type) {
      case "start":
        conversation = {
          id: event.conversationId,
          token: event.conversationToken,
          disclosure: event.disclosure || (conversation?.disclosure ?? ""),
        };
        keep(key, conversation);
        ids.conversation = event.conversationId;
        ids.message = event.messageId;
        turn.disclose(event.disclosure);
        break;
      case "progress":
        turn.showProgress(event.title);
        break;
      case "text-start":
        turn.startParagraph();
        break;
      case "text":
        turn.appendText(event.delta);
        break;
      case "outcome":
        isStopped = event.outcome.stopped;
        turn.showOutcome(event.outcome, ids, ask);
        break;
      case "error":
        return {
          kind: "failed",
          failure: {
            title: "The answer could not be finished",
            detail: event.message,
            requestId: "",
          },
        };
      case "finish":
        return { kind: isStopped ? "stopped" : "finished" };
    }
    page.follow();
  }
  return { kind: "cut_off" };
}

function setupNotice(
  kind: Exclude<KeyLookup["kind"], "found"> | "refused",
): [title: string, lines: string[]] {
  switch (kind) {
    case "refused":
      return [
        "This page is not connected to a help centre",
        ["The key in the address is not valid here. The owner of the site can correct it."],
      ];
    case "missing":
      return [
        "This page needs a publishable key",
        [
          "This deployment has no demo key. Add yours to the address, like this:",
          `${location.origin}/?key=pk_your_key`,
        ],
      ];
    case "secret":
      return [
        "That is a secret key",
        [
          "Keys that begin with sk_ must not be used in a browser. Use a publishable key (pk_…), and replace this secret key if others could have seen the address.",
        ],
      ];
    case "unreachable":
      return [
        "The help centre cannot be reached",
        ["Check your connection, then reload this page."],
      ];
  }
}
