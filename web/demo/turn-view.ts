import { createAnswerText, type MarkerTarget } from "./answer-text.ts";
import type { Failure } from "./api.ts";
import { renderCitations } from "./citations.ts";
import { element } from "./element.ts";
import type { Outcome } from "./stream.ts";

/** How an answer ended. It is complete only if it is `finished`. */
export type TurnEnd =
  | { kind: "finished" }
  | { kind: "stopped" }
  | { kind: "cut_off" }
  | { kind: "failed"; failure: Failure };

export type TurnView = {
  root: HTMLElement;
  /** Clears the answer and shows that it is loading, at first and for a retry. */
  begin: () => void;
  startParagraph: () => void;
  appendText: (delta: string) => void;
  showOutcome: (outcome: Outcome, ids: Record<string, string>) => void;
  showOptions: (titles: string[], choose: (title: string) => void) => void;
  end: (end: TurnEnd, retry: () => void) => void;
};

export function createTurnView(question: string, number: number): TurnView {
  const status = element("p", { class: "status" });
  const text = element("div", { class: "text", dir: "auto" });
  const extras = element("div", { class: "extras" });
  const answer = element("div", { class: "answer" }, status, text, extras);
  const root = element(
    "article",
    { class: "turn", tabindex: "-1", "aria-label": `Question ${number}` },
    // The prefix is outside of the bubble, because its Latin letters would set the direction of an Arabic question.
    element("span", { class: "visually-hidden" }, "You asked: "),
    element("p", { class: "question", dir: "auto" }, question),
    answer,
  );
  let targets = new Map<string, MarkerTarget>();
  let streamed = "";
  const answerText = createAnswerText(text, (n) => targets.get(n) ?? null);

  const setState = (state: string, label: string) => {
    answer.dataset.state = state;
    status.textContent = label;
  };

  return {
    root,
    begin() {
      targets = new Map();
      streamed = "";
      answerText.replace("");
      extras.replaceChildren();
      setState("waiting", "Searching the help centre");
      // Screen readers then read the answer once, when it is complete, instead of every few letters.
      root.ariaBusy = "true";
    },
    startParagraph() {
      if (streamed) this.appendText("\n\n");
    },
    appendText(delta) {
      if (delta && answer.dataset.state === "waiting") setState("streaming", "Answering");
      streamed += delta;
      answerText.append(delta);
    },
    showOutcome(outcome, ids) {
      const cited = renderCitations(outcome.citations);
      targets = cited.targets;
      answerText.replace(outcome.text || streamed || emptyText(outcome));
      if (targets.size > 0) extras.append(cited.section);
      extras.append(renderDetails(outcome, ids));
      setState(outcome.outcome, outcomeLabel(outcome));
    },
    showOptions(titles, choose) {
      const options = titles.map((title) => {
        const option = element("button", { type: "button", class: "chip" }, title);
        option.addEventListener("click", () => choose(title));
        return option;
      });
      extras.prepend(element("div", { class: "options", role: "group", "aria-label": "Articles" }, ...options));
    },
    end(end, retry) {
      answerText.flush();
      if (end.kind === "finished") settleWithoutOutcome();
      else {
        setState("broken", streamed ? "Not a complete answer" : "No answer");
        extras.prepend(renderNotice(end, retry));
      }
      root.ariaBusy = "false";
    },
  };

  function settleWithoutOutcome(): void {
    const state = answer.dataset.state;
    if (state === "waiting" || state === "streaming") setState("unrated", "Answer");
  }
}

function outcomeLabel({ outcome, confidence }: Outcome): string {
  switch (outcome) {
    case "answered":
      return `Answered from the help centre${confidence === null ? "" : ` · confidence ${Math.round(confidence * 100)}\u00a0%`}`;
    case "clarified":
      return "One more detail is needed";
    case "abstained":
      return "Not found in the help centre";
    case "handed_over":
      return "Handed over to a person";
    case "small_talk":
      return "Small talk, no article used";
  }
}

/** The bot is silent once a person has joined; an empty bubble would look broken. */
function emptyText({ outcome }: Outcome): string {
  return outcome === "handed_over"
    ? "A person takes it from here. This demo page does not show their replies."
    : "";
}

function renderDetails(outcome: Outcome, ids: Record<string, string>): HTMLElement {
  const facts = element("dl");
  const entries = {
    outcome: outcome.outcome,
    rung: outcome.rung,
    release: outcome.release,
    ...ids,
  };
  for (const [name, value] of Object.entries(entries)) {
    if (value) facts.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  }
  return element(
    "details",
    { class: "technical" },
    element("summary", {}, "For developers"),
    facts,
  );
}

function renderNotice(end: Exclude<TurnEnd, { kind: "finished" }>, retry: () => void): HTMLElement {
  const { title, detail, requestId } = describeEnd(end);
  const button = element(
    "button",
    { type: "button", class: "quiet", "data-asks": "" },
    end.kind === "stopped" ? "Ask again" : "Try again",
  );
  button.addEventListener("click", retry);
  return element(
    "div",
    { class: end.kind === "stopped" ? "notice calm" : "notice" },
    element("p", {}, element("strong", {}, title)),
    ...(detail ? [element("p", {}, detail)] : []),
    ...(requestId ? [element("p", { class: "request-id" }, `Request ${requestId}`)] : []),
    button,
  );
}

function describeEnd(end: Exclude<TurnEnd, { kind: "finished" }>): Failure {
  switch (end.kind) {
    case "stopped":
      return {
        title: "You stopped this answer",
        detail: "What you see may be incomplete.",
        requestId: "",
      };
    case "cut_off":
      return {
        title: "The answer was cut off",
        detail:
          "The connection ended before the answer was finished. What you see may be incomplete.",
        requestId: "",
      };
    case "failed":
      return end.failure;
  }
}
