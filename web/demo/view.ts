import type { Workspace } from "./api.ts";
import { element } from "./element.ts";
import { createTurnView, type TurnView } from "./turn-view.ts";

const MAX_LENGTH = 4000;
const COUNT_FROM = 3600;

export type PageActions = {
  ask: (message: string) => void;
  stop: () => void;
  startOver: () => void;
};

export type Page = {
  addTurn: (question: string) => TurnView;
  /** Sets the answer that `follow` keeps in view from now on. */
  watch: (turn: TurnView) => void;
  /** Scrolls to new text, unless the visitor has scrolled away. */
  follow: () => void;
  /** Shows the welcome text: the demo's with its questions, or that of a workspace with its names and questions. */
  showWelcome: (whose: "demo" | Workspace) => void;
  /** Enables the composer, which cannot send before. */
  enable: () => void;
  setBusy: (busy: boolean) => void;
  clear: () => void;
  showSetupNotice: (title: string, lines: string[]) => void;
};

export function openPage(actions: PageActions): Page {
  const log = byId("log", HTMLElement);
  const welcome = byId("welcome", HTMLElement);
  const startOver = byId("new-conversation", HTMLButtonElement);
  const composer = openComposer(actions);
  const scroll = createFollowScroll();

  startOver.addEventListener("click", actions.startOver);
  welcome.addEventListener("click", ({ target }) => {
    const chip = target instanceof Element ? target.closest("button") : null;
    if (chip) actions.ask(chip.textContent.trim());
  });

  return {
    addTurn(question) {
      const turn = createTurnView(question, log.childElementCount + 1);
      const focusIsLost = welcome.contains(document.activeElement);
      welcome.hidden = true;
      startOver.hidden = false;
      log.append(turn.root);
      if (focusIsLost) turn.root.focus({ preventScroll: true });
      return turn;
    },
    watch: (turn) => scroll.begin(turn.root),
    follow: scroll.follow,
    showWelcome(whose) {
      const isDemo = whose === "demo";
      for (const part of document.querySelectorAll<HTMLElement>("[data-for]"))
        part.hidden = part.dataset.for !== (isDemo ? "demo" : "workspace");
      if (isDemo) document.title = "Fernhill help centre";
      else showWorkspace(whose);
    },
    enable() {
      composer.enable();
      disableQuestions(false);
    },
    setBusy(busy) {
      composer.setBusy(busy);
      disableQuestions(busy);
    },
    clear() {
      log.replaceChildren();
      welcome.hidden = false;
      startOver.hidden = true;
      composer.focus();
    },
    showSetupNotice(title, lines) {
      const setup = byId("setup", HTMLElement);
      setup.replaceChildren(
        element("p", {}, element("strong", {}, title)),
        ...lines.map((line) => element("p", {}, line)),
      );
      setup.hidden = false;
    },
  };
}

function showWorkspace({ company, assistant, starters }: Workspace): void {
  if (company) {
    byId("company", HTMLElement).textContent = company;
    byId("company-what", HTMLElement).hidden = false;
    document.title = `${company} help centre`;
  }
  if (assistant) byId("ask-whom", HTMLElement).textContent = `Ask ${assistant}`;
  const chips = starters.map((question) =>
    element("button", { type: "button", class: "chip", dir: "auto", "data-asks": "", disabled: "" }, question),
  );
  byId("starters", HTMLElement).replaceChildren(...chips);
}

/** Disables example questions and retry buttons while a question is being answered. */
function disableQuestions(disabled: boolean): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-asks]"))
    button.disabled = disabled;
}

function openComposer(actions: PageActions) {
  const form = byId("composer", HTMLFormElement);
  const message = byId("message", HTMLTextAreaElement);
  const send = byId("send", HTMLButtonElement);
  const stop = byId("stop", HTMLButtonElement);
  const counter = byId("counter", HTMLElement);

  const count = () => showCount(message, counter);
  const submit = () => {
    const text = message.value.trim();
    if (message.readOnly || !text || text.length > MAX_LENGTH) return message.focus();
    message.value = "";
    count();
    actions.ask(text);
  };

  message.addEventListener("input", count);
  message.addEventListener("keydown", (event) => {
    // In an input method (Japanese, Chinese), Enter selects a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  stop.addEventListener("click", actions.stop);

  return {
    focus: () => message.focus(),
    enable() {
      message.disabled = false;
      send.disabled = false;
    },
    setBusy(busy: boolean) {
      const [shown, hidden] = busy ? [stop, send] : [send, stop];
      const hadFocus = document.activeElement === hidden;
      // Read-only, because a disabled field would lose the keyboard focus.
      message.readOnly = busy;
      shown.hidden = false;
      hidden.hidden = true;
      if (hadFocus) shown.focus();
    },
  };
}

/** Shows the length. The field has no `maxlength`, which would truncate a pasted text silently. */
function showCount(message: HTMLTextAreaElement, counter: HTMLElement): void {
  const length = message.value.trim().length;
  const over = length - MAX_LENGTH;
  const format = (n: number) => n.toLocaleString("en");
  counter.hidden = length < COUNT_FROM;
  counter.textContent =
    over > 0
      ? `${format(over)} characters too long`
      : `${format(length)} of ${format(MAX_LENGTH)} characters`;
  message.ariaInvalid = over > 0 ? "true" : "false";
}

function createFollowScroll() {
  let turn: HTMLElement | null = null;
  let lastY = 0;

  let frame = 0;
  // New text is rendered in the next frame, and the page follows in the same one.
  const follow = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      scroll();
    });
  };
  const scroll = () => {
    if (!turn) return;
    if (window.scrollY < lastY - 4) {
      // The visitor scrolled up to read: leave the page where it is.
      turn = null;
      return;
    }
    const bottom = document.documentElement.scrollHeight - window.innerHeight;
    const question = window.scrollY + turn.getBoundingClientRect().top - 16;
    // The question stays visible: a long answer is read from its beginning.
    window.scrollTo(0, Math.min(bottom, question));
    lastY = window.scrollY;
  };
  return {
    begin(root: HTMLElement) {
      turn = root;
      lastY = 0;
      follow();
    },
    follow,
  };
}

function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const node = document.getElementById(id);
  if (!(node instanceof type)) throw new Error(`index.html has no ${type.name} #${id}`);
  return node;
}
