import { isAnsweredByUs } from "../language/intents.ts";
import { isFreeText, readReply, tokensOf, type Told } from "../actions/read-value.ts";
import {
  isWaiting,
  leftAside,
  REMINDED,
  sameValues,
  type Proposal,
  type Run,
  type Script,
} from "../actions/run.ts";
import type { ActionPort, RefusedCall } from "./actions.ts";
import { advance } from "./advance.ts";
import type { Answer, Choice, Emit } from "./answer.ts";
import { answerFromTools } from "./answer-from-tools.ts";
import type { EngineInput } from "./engine-input.ts";
import type { Occasion } from "./occasion.ts";
import { pendingOf, RunReply, sayOwn, sentenceOf } from "./run-reply.ts";
import {
  openTools,
  runOf,
  scriptOf,
  startables,
  startedByModel,
  startedByTopics,
  valuesIn,
  type Start,
} from "./start-run.ts";
import { inCancelWords, yesOrNo } from "./short-reply.ts";
import { asksSomething } from "./sub-queries.ts";

/** Replies in a row that give no value, after which the visitor is told whom to ask. */
const MAX_MISSED = 3;

/** What came of the message. Calls that a model asked for and that were not made are recorded, whoever answers. */
export interface Acting {
  /** The whole reply; undefined where the message is to be answered otherwise. */
  answer: Answer | undefined;
  refused: RefusedCall[];
}

/**
 * What the bot does for a message, beside answering from documents: a procedure goes on or begins, a tool is called, a change is proposed or
 * carried out. Tools, values and branches are chosen by the visitor's words, by verified attributes and by what the owner declared: nothing that
 * a document or a tool says is read here.
 */
export async function act(input: EngineInput, occasion: Occasion, emit: Emit): Promise<Acting> {
  const port = input.actions;
  const isIdle = port?.run === undefined && port?.confirm === undefined;
  // Nothing is read of a message where nothing can be done.
  if (!port || (isIdle && startables(input).length === 0))
    return { answer: undefined, refused: [] };
  const told = toldBy(input);
  const going = await goOn(input, port, { occasion, told }, emit);
  if (going) return { answer: going, refused: [] };
  const { starts, refused } = startedByModel(input, occasion.planned);
  return { answer: await begin(input, port, { occasion, told, starts }, emit), refused };
}

function toldBy({ questions, language }: EngineInput): Told {
  const { message } = questions;
  const tokens = tokensOf(message);
  return { message, language, tokens, says: yesOrNo(message), asks: asksSomething(message) };
}

interface Context {
  occasion: Occasion;
  told: Told;
}

/** Goes on with the procedure that the conversation is in, where the message answers it. */
async function goOn(
  input: EngineInput,
  port: ActionPort,
  { occasion, told }: Context,
  emit: Emit,
): Promise<Answer | undefined> {
  const { run, confirm } = port;
  const script = run && openScript(input, run);
  if (confirm !== undefined && run?.proposal?.callId !== confirm)
    return sayOwn(input, occasion, { sentence: "closed", run: run ?? null }, emit);
  if (!isWaiting(run)) return undefined;
  if (!script) {
    const isMeant = isAgreed(run, told, confirm) || !isAside(occasion, told);
    return isMeant ? lost(input, occasion, run, emit) : undefined;
  }
  const title = { title: script.title };
  if (run.proposal && isAgreed(run, told, confirm))
    return proceed(input, port, { occasion, script, run, agreed: run.proposal }, emit);
  const isDeclined = told.says === "no";
  if (run.proposal && (isDeclined || inCancelWords(told.message))) {
    // A turn that was lost may have made the call. What came of it is said then.
    if (await port.wasMade(run.proposal.callId))
      return proceed(input, port, { occasion, script, run, agreed: run.proposal }, emit);
  }
  if (run.proposal && isDeclined)
    return proceed(input, port, { occasion, script, run: declined(run), isDeclined }, emit);
  const field = run.asked === null ? undefined : script.ask[run.asked];
  if (inCancelWords(told.message))
    return sayOwn(input, occasion, { sentence: "cancelled", run: null, values: title }, emit);
  const corrected = correctedValues(run, script, { occasion, told });
  const value = field && !wantsSomebody(occasion) ? readReply(field, told) : undefined;
  if (run.asked !== null && value !== undefined) {
    const values = { ...corrected, [run.asked]: value };
    return proceed(input, port, { occasion, script, run: { ...run, values, missed: 0 } }, emit);
  }
  // "Sorry, it was order 22222": what depends on it is looked up or proposed anew.
  if (!sameValues(corrected, run.values))
    return proceed(input, port, { occasion, script, run: { ...run, values: corrected } }, emit);
  if (run.proposal) return undefined;
  if (field && isAside(occasion, told)) return undefined;
  const missed = run.missed + 1;
  if (missed >= MAX_MISSED)
    return sayOwn(input, occasion, { sentence: "stuck", run: null, values: title }, emit);
  const again = { ...run, missed };
  return proceed(input, port, { occasion, script, run: again, isInvalid: true }, emit);
}

/** Agreed is what the button of the proposal says, or a plain yes right after it. */
function isAgreed({ proposal, aside }: Run, { says }: Told, confirm: string | undefined): boolean {
  if (says !== "yes") return false;
  return confirm === undefined ? aside <= REMINDED : confirm === proposal?.callId;
}

/** The run after the visitor has declined what was proposed. */
function declined(run: Run): Run {
  const { proposal, results } = run;
  if (!proposal) return run;
  const { step, tool, version, callId, arguments: values } = proposal;
  const result = { tool, version, callId, arguments: values, fields: {} };
  return {
    ...run,
    results: { ...results, [step]: { ...result, effect: "change", status: "declined" } },
  };
}

/**
 * What is known after the values that a message gives in phrases. A message that describes something, asks something or wants a person may
 * name another order than the one that this is about: it replaces nothing.
 */
function correctedValues(run: Run, script: Script, { occasion, told }: Context): Run["values"] {
  const given = valuesIn(script, told);
  const field = run.asked === null ? undefined : script.ask[run.asked];
  const isOther =
    told.asks || wantsSomebody(occasion) || (field !== undefined && isFreeText(field));
  return isOther ? { ...given, ...run.values } : { ...run.values, ...given };
}

/** "Hello" and "I want to talk to a person" are no values; "this is terrible, it leaks" may be one. */
function wantsSomebody({ understood: { intent, isGuessed, contact } }: Occasion): boolean {
  return contact !== undefined || intent === "person" || isAnsweredByUs(intent, isGuessed);
}

/** Whether a reply without a value is about something else, and no failed try. */
function isAside({ understood, findings }: Occasion, { asks }: Told): boolean {
  const isAnswered = findings.some(({ decision }) => decision.action === "answer");
  return asks || isAnswered || understood.intent !== undefined || understood.contact !== undefined;
}

/** The procedure, or its tool, is no longer offered. */
function lost(input: EngineInput, occasion: Occasion, { id }: Run, emit: Emit): Answer {
  const title = id.replaceAll("_", " ");
  return sayOwn(input, occasion, { sentence: "stuck", run: null, values: { title } }, emit);
}

function openScript(input: EngineInput, run: Run): Script | undefined {
  const item = startables(input).find(({ kind, id }) => kind === run.kind && id === run.id);
  return item && scriptOf(item);
}

/** Begins what the message asks for, by its topics or as a language model understands it. */
async function begin(
  input: EngineInput,
  port: ActionPort,
  { occasion, told, starts }: Context & { starts: Start[] },
  emit: Emit,
): Promise<Answer | undefined> {
  const { understood, findings, played } = occasion;
  const byTopics = startedByTopics(input, understood, findings, told);
  const owned = Math.max(
    0,
    ...played.applied.map(({ kind, probability }) => (kind === "answer" ? probability : 0)),
  );
  const isOwners = played.fixed !== undefined || played.said.some((one) => one?.isSure);
  if (isOwners && (byTopics?.probability ?? 0) <= owned) return undefined;
  const withWords = starts.map((start) => ({
    ...start,
    values: { ...valuesIn(scriptOf(start.item), told), ...start.values },
  }));
  const first = withWords.find((one) => !isLookUp(one, port)) ?? byTopics;
  const lookUps = withWords.filter((one) => isLookUp(one, port));
  // What the owner's topics begin goes before a look-up that a model has chosen, if it is more than that.
  const isProcedure = byTopics?.item.kind === "procedure";
  if (lookUps.length > 0 && (!first || (first === byTopics && !isProcedure)))
    return answerFromTools(input, port, { occasion, starts: lookUps }, emit);
  if (first) return beginRun(input, port, { occasion, start: first }, emit);
  return undefined;
}

/** Whether a model's call can be made at once: it changes nothing, and everything that it needs is known. */
function isLookUp({ item, values }: Start, { visitor }: ActionPort): boolean {
  if (!("input" in item.content) || item.content.effect === "change") return false;
  const { required, properties } = item.content.input;
  return required.every((name) => {
    const [, attribute] = properties[name]?.from?.split(".") ?? [];
    return attribute === undefined
      ? Object.hasOwn(values, name)
      : Object.hasOwn(visitor, attribute);
  });
}

/** Begins a procedure, or goes on with the one that the visitor has left. */
function beginRun(
  input: EngineInput,
  port: ActionPort,
  { occasion, start }: { occasion: Occasion; start: Start },
  emit: Emit,
): Promise<Answer> {
  const script = scriptOf(start.item);
  const isSame = (run: Run): boolean => run.kind === start.item.kind && run.id === start.item.id;
  const own = port.run && isSame(port.run) ? port.run : undefined;
  const elsewhere = port.left && isSame(port.left.run) ? port.left : undefined;
  const before = own ?? elsewhere?.run;
  const run = before
    ? { ...before, values: { ...before.values, ...start.values }, missed: 0, aside: 0 }
    : runOf(start, input.reader.now);
  const takenFrom = own ? undefined : elsewhere?.conversationId;
  const isResumed = before !== undefined;
  return proceed(
    input,
    port,
    { occasion, script, run, isResumed, takenFrom, probability: start.probability },
    emit,
  );
}

interface Following {
  occasion: Occasion;
  script: Script;
  run: Run;
  agreed?: Proposal;
  isInvalid?: boolean;
  isDeclined?: boolean;
  isResumed?: boolean;
  takenFrom?: string | undefined;
  probability?: number;
}

async function proceed(
  input: EngineInput,
  port: ActionPort,
  { occasion, script, run, agreed, ...how }: Following,
  emit: Emit,
): Promise<Answer> {
  emit({ type: "decided", action: "answer" });
  const tools = openTools(input);
  const advanced = await advance(input, port, { script, run, tools }, agreed, emit);
  return new RunReply(input, { ...occasion, script, ...how }).answer(advanced, emit);
}

/** What the turn leaves of a procedure that a message was not about, and what comes back to it. */
export function remind(
  input: EngineInput,
): { run: Run; text: string; choices: Choice[] } | undefined {
  const run = input.actions?.run;
  if (!isWaiting(run)) return undefined;
  const script = openScript(input, run);
  const later = { ...run, aside: run.aside + 1 };
  if (!script || later.aside > REMINDED) return { run: leftAside(run), text: "", choices: [] };
  const { text, choices } = pendingOf(input, script, run);
  const back = run.proposal
    ? text
    : sentenceOf(input, "back", { title: script.title, question: text });
  return { run: later, text: back, choices };
}
