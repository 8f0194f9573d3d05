import { createAnswerText, type MarkerTarget } from "./answer-text.ts";
import type { Failure } from "./api.ts";
import { renderCitations } from "./citations.ts";
import { element } from "./element.ts";
import { renderForm } from "./form.ts";
import type { Choice, Outcome } from "./stream.ts";

/** How an answer ended. It is complete only if it is `finished`. */
export type TurnEnd =
  | { kind: "finished" }
  | { kind: "stopped" }
  | { kind: "cut_off" }
  | { kind: "not_kept" }
  | { kind: "failed"; failure: Failure };

/** Sends a message, with the proposal that it agrees to. */
type Ask = (message: string, confirm?: string) => void;

export type TurnView = {
  root: HTMLElement;
  /** Clears the answer and shows that it is loading, at first and for a retry. */
  begin: () => void;
  /** Shows above the answer that an AI gives it. */
  disclose: (disclosure: string) => void;
  startParagraph: () => void;
  appendText: (delta: string) => void;
  /** Shows what is being looked up or done meanwhile. */
  showProgress: (title: string) => void;
  /** Shows the final answer. A click on a choice of a clarifying question sends its message by `ask`. */
  showOutcome: (outcome: Outcome, ids: Record<string, string>, ask: Ask) => void;
  end: (end: TurnEnd, retry: () => void) => void;
};

/** `?debug` in the address shows what developers want to know of an answer, and visitors do not. */
const debug = new URLSearchParams(location.search).has("debug");

export function createTurnView(question: string, number: number): TurnView {
  const status = element("p", { class: "status" });
  const disclosed = element("p", { class: "disclosure", dir: "auto" });
  disclosed.hidden = true;
  const text = element("div", { class: "text markdown", dir: "auto" });
  const extras = element("div", { class: "extras" });
  const answer = element("div", { class: "answer" }, status, disclosed, text, extras);
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
    status.hidden = label === "";
  };

  return {
    root,
    begin() {
      targets = new Map();
      streamed = "";
      this.disclose("");
      answerText.replace("");
      extras.replaceChildren();
      setState("waiting", "Searching the help centre");
      // Screen readers then read the answer once, when it is complete, instead of every few letters.
      root.ariaBusy = "true";
    },
    disclose(disclosure) {
      disclosed.textContent = disclosure;
      disclosed.hidden = disclosure === "";
    },
    showProgress(title) {
      if (answer.dataset.state === "waiting") setState("waiting", `${title} …`);
    },
    startParagraph() {
      if (streamed) this.appendText("\n\n");
    },
    appendText(delta) {
      if (delta && answer.dataset.state === "waiting") setState("streaming", "Answering");
      streamed += delta;
      answerText.append(delta);
    },
    showOutcome(outcome, ids, ask) {
      const cited = renderCitations(outcome.citations);
      targets = cited.targets;
      answerText.replace(outcome.text || streamed || emptyText(outcome));
      if (targets.size > 0) extras.append(cited.section);
      if (outcome.choices.length > 0) offerChoices(text, outcome.choices, ask);
      if (outcome.form) extras.append(renderForm(outcome.form, number, ask));
      if (debug) extras.append(renderDetails(outcome, ids));
      setState(outcome.outcome, outcomeLabel(outcome));
    },
    end(end, retry) {
      answerText.flush();
      if (end.kind === "finished") settleWithoutOutcome();
      else {
        setState("broken", streamed ? "Not a complete answer" : "No answer");
        extras.prepend(renderNotice(end, streamed !== "", retry));
      }
      root.ariaBusy = "false";
    },
  };

  function settleWithoutOutcome(): void {
    const state = answer.dataset.state;
    if (state === "waiting" || state === "streaming") setState("unrated", "Answer");
  }
}

/** The buttons stand in the place of the list that the text has for clients without buttons. The list of a proposal says what is proposed. */
function offerChoices(text: HTMLElement, choices: Choice[], ask: Ask): void {
  const items = choices.map(({ label, message, confirm }) => {
    const option = element("button", { type: "button", class: "chip", dir: "auto", "data-asks": "" }, label);
    option.addEventListener("click", () => ask(message, confirm));
    return element("li", {}, option);
  });
  const buttons = element("ul", { class: "options" }, ...items);
  const isProposal = choices.some(({ confirm }) => confirm !== "");
  const list = isProposal ? null : text.querySelector(":scope > ul");
  if (list) list.replaceWith(buttons);
  else text.append(buttons);
}

function outcomeLabel({ outcome, confidence, rung, form, choices }: Outcome): string {
  if (form) return "Please fill in the form";
  if (choices.some(({ confirm }) => confirm !== "")) return "Please confirm";
  if (rung === "owner" && (outcome === "answered" || outcome === "abstained")) return "Answered by the company";
  switch (outcome) {
    case "answered":
      return `Answered from the help centre${debug ? confidenceLabel(confidence) : ""}`;
    case "clarified":
      return "One more detail is needed";
    case "abstained":
      return "Not found in the help centre";
    case "handed_over":
      return "How to reach a person";
    case "small_talk":
      return "";
  }
}

function confidenceLabel(confidence: number | null): string {
  return confidence === null ? "" : ` · confidence ${Math.round(confidence * 100)}\u00a0%`;
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

function renderNotice(
  end: Exclude<TurnEnd, { kind: "finished" }>,
  isSeen: boolean,
  retry: () => void,
): HTMLElement {
  const { title, detail, requestId } = describeEnd(end, isSeen);
  const button = element(
    "button",
    { type: "button", class: "quiet", "data-asks": "" },
    isCalm(end) ? "Ask again" : "Try again",
  );
  button.addEventListener("click", retry);
  return element(
    "div",
    { class: isCalm(end) ? "notice calm" : "notice" },
    element("p", {}, element("strong", {}, title)),
    ...(detail ? [element("p", {}, detail)] : []),
    ...(requestId ? [element("p", { class: "request-id" }, `Request ${requestId}`)] : []),
    button,
  );
}

function isCalm({ kind }: TurnEnd): boolean {
  return kind === "stopped" || kind === "not_kept";
}

/** @param isSeen whether any of the answer is seen */
function describeEnd(end: Exclude<TurnEnd, { kind: "finished" }>, isSeen: boolean): Failure {
  switch (end.kind) {
    case "stopped":
      return {
        title: "You stopped this answer",
        detail: isSeen ? "What you see may be incomplete." : "",
        requestId: "",
      };
    case "cut_off":
      return {
        title: "The answer was cut off",
        detail:
          "The connection ended before the answer was finished. What you see may be incomplete.",
        requestId: "",
      };
    case "not_kept":
      return { title: "The answer to this question did not arrive", detail: "", requestId: "" };
    case "failed":
      return end.failure;
  }
}
