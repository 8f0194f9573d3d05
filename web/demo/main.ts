import { askQuestion, findKey, type Conversation, type KeyLookup } from "./api.ts";
import type { ChatEvent } from "./stream.ts";
import type { TurnEnd, TurnView } from "./turn-view.ts";
import { openPage } from "./view.ts";

let key: string | null = null;
let conversation: Conversation | null = null;
let running: AbortController | null = null;

const ask = (message: string): void => {
  if (!running && key) void answer(key, message, page.addTurn(message));
};

const page = openPage({
  ask,
  stop: () => running?.abort(),
  startOver() {
    running?.abort();
    running = null;
    conversation = null;
    page.setBusy(false);
    page.clear();
  },
});

const lookup = await findKey(location.search);
if (lookup.kind === "found") {
  key = lookup.key;
  page.enable();
} else {
  page.showSetupNotice(...setupNotice(lookup.kind));
}

async function answer(key: string, message: string, turn: TurnView): Promise<void> {
  const controller = new AbortController();
  running = controller;
  turn.begin();
  page.setBusy(true);
  page.watch(turn);
  const end = await streamAnswer(key, message, turn, controller.signal);
  // After "New conversation" this turn is gone from the page, and the state belongs to the next one.
  if (running !== controller) return;
  running = null;
  turn.end(end, () => {
    if (running) return;
    turn.root.focus({ preventScroll: true });
    void answer(key, message, turn);
  });
  page.setBusy(false);
  page.follow();
}

async function streamAnswer(
  key: string,
  message: string,
  turn: TurnView,
  signal: AbortSignal,
): Promise<TurnEnd> {
  try {
    const reply = await askQuestion(key, { message, conversation }, signal);
    if (!reply.ok) return { kind: "failed", failure: reply.failure };
    return await showEvents(reply.events, turn, signal);
  } catch {
    return { kind: signal.aborted ? "stopped" : "cut_off" };
  }
}

async function showEvents(
  events: AsyncGenerator<ChatEvent>,
  turn: TurnView,
  signal: AbortSignal,
): Promise<TurnEnd> {
  const ids = { conversation: "", message: "" };
  const titles: string[] = [];
  for await (const event of events) {
    if (signal.aborted) return { kind: "stopped" };
    switch (event.type) {
      case "start":
        conversation = { id: event.conversationId, token: event.conversationToken };
        ids.conversation = event.conversationId;
        ids.message = event.messageId;
        break;
      case "text-start":
        turn.startParagraph();
        break;
      case "text":
        turn.appendText(event.delta);
        break;
      case "outcome":
        turn.showOutcome(event.outcome, ids);
        // A click on an option of a clarifying question sends it as a message.
        if (event.outcome.outcome === "clarified") turn.showOptions(titles, ask);
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
        return { kind: "finished" };
      case "source":
        // These are retrieved sources. Only `data-outcome` says which are cited.
        titles.push(event.source.title);
        break;
    }
    page.follow();
  }
  return { kind: "cut_off" };
}

function setupNotice(kind: Exclude<KeyLookup["kind"], "found">): [title: string, lines: string[]] {
  switch (kind) {
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
