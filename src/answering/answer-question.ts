import { isWaiting, leftAside } from "../actions/run.ts";
import type { Candidates, Finding, Query, Ranking, Searched } from "../retrieval/candidates.ts";
import { toAttributes } from "../retrieval/attributes.ts";
import { personalised } from "../retrieval/personalised.ts";
import { LEG_PASSAGES, rank } from "../retrieval/rank.ts";
import { readAll, retrieveAll } from "../retrieval/variants.ts";
import { act, remind } from "./act.ts";
import type { Answer, Emit } from "./answer.ts";
import type { CachedAnswer } from "./cached-answer.ts";
import type { Occasion } from "./occasion.ts";
import { NO_PLAN, planCalls, type Planned } from "./plan-calls.ts";
import { startables } from "./start-run.ts";
import { asksSomething } from "./sub-queries.ts";
import { isAnsweredByUs } from "../language/intents.ts";
import { choicesAmong } from "./choices.ts";
import { conclude } from "./conclude.ts";
import { decide, decideAll } from "./decide.ts";
import type { EngineInput } from "./engine-input.ts";
import { eligible } from "./eligible.ts";
import { askingForValue, valuesAmong } from "./value-question.ts";
import { generate } from "./generate.ts";
import { searchRewritten, withRewritten } from "./search-rewritten.ts";
import { selectSources, toReference } from "./sources.ts";
import { stoppedAnswer } from "./stopped-answer.ts";
import { understand, type Understood } from "./understand.ts";
import { applyPlaybook } from "./apply-playbook.ts";
import { behind, behindOwnersWords, ownersWords, sayOwnersWords } from "./owners-words.ts";

/**
 * Flow 1: understand → retrieve → read → rank → decide → act → generate → verify (while text is generated) → conclude. Waits on bindings: both
 * legs at the same time, one read of passages, a reranker where the release names one, a language model or the
 * rest of a long section; for tools and procedures also what those take.
 * @param emit receives the events as they happen; it must not throw
 * @throws when both legs of retrieval, or the read of the passages, fail
 */
export async function answerQuestion(input: EngineInput, emit: Emit): Promise<Answer> {
  const reminder = remind(input);
  const planning = plan(input);
  const found = await find(input);
  const planned = await planning;
  const acting = await act(input, { ...found, planned }, emit);
  const { answer: done } = acting;
  const isBeside = done === undefined || isOverBeside(input, done);
  const said = done ?? (await answerFrom(input, found, emit));
  const answer = isBeside ? withReminder(said, reminder, emit) : said;
  const run = input.actions?.run ?? null;
  const { acted = { run, takenFrom: undefined, refused: [], handover: undefined } } = answer;
  const { refused } = acting;
  return {
    ...answer,
    ...((answer.acted || refused.length > 0) && {
      acted: { ...acted, refused: [...acted.refused, ...refused] },
    }),
    wasted: [...answer.wasted, ...(planned.used ? [planned.used] : [])],
  };
}

/** Whether something else was begun and ended while a procedure waits for the visitor. */
function isOverBeside({ actions }: EngineInput, { acted, applied }: Answer): boolean {
  const run = actions?.run;
  const isOwn = applied.some(({ kind, id }) => kind === run?.kind && id === run.id);
  return isWaiting(run) && acted?.run === null && !isOwn && applied.length > 0;
}

/** Has a language model choose among the tools and procedures meanwhile, where there are some, and the message is no mere reply. */
function plan(input: EngineInput): Promise<Planned> {
  const { actions, deps, questions, history } = input;
  const { intent, isGuessed, message } = questions;
  const isReply = actions?.run !== undefined && !asksSomething(message);
  const isOurs = isAnsweredByUs(intent, isGuessed);
  if (!actions || actions.confirm !== undefined || isReply || isOurs)
    return Promise.resolve(NO_PLAN);
  const model = deps.chatModels.find(({ choose }) => choose !== undefined);
  return planCalls(model, { message, messages: history.messages }, startables(input), {
    hidesPersonalData: deps.hidePersonalData,
    left: deps.timeLeft(),
  });
}

/** Adds to an answer about something else what the visitor was being asked. */
function withReminder(answer: Answer, reminder: ReturnType<typeof remind>, emit: Emit): Answer {
  if (!reminder) return answer;
  const { run, text, choices } = reminder;
  const isSaid = text !== "" && !answer.stopped && answer.choices.length === 0;
  const addition = isSaid ? `\n\n${text}` : "";
  if (isSaid) emit({ type: "text", delta: addition });
  return {
    ...answer,
    text: answer.text + addition,
    own: answer.own + addition,
    choices: isSaid ? choices : answer.choices,
    acted: {
      run: isSaid ? run : leftAside(run),
      takenFrom: undefined,
      refused: [],
      handover: undefined,
    },
  };
}

/** What is understood of a message, and what is found for it. */
interface Found extends Pick<Occasion, "understood" | "standalone" | "findings" | "played"> {
  rewritten: string | undefined;
  cached: CachedAnswer | undefined;
}

async function find(input: EngineInput): Promise<Found> {
  const understood = understand(input.questions, input.history, input.release.retrieval);
  const attributes = toAttributes(input.visitor ?? {});
  const questions = understood.questions.map((one) =>
    personalised(one, attributes, input.language, input.attributeNames ?? []),
  );
  const candidates = await retrieveEach(input, questions);
  const rewritten = await input.rewriting;
  const [found, cached] = await Promise.all([
    readEach(input, candidates),
    input.deps.beforeEvents(understood.standalone),
  ]);
  const rankings = await rankEach(input, found);
  const decided = decideEach(input, understood, rankings);
  const played = applyPlaybook(input, understood, decided);
  const asked = { ...understood, questions };
  const standalone = standaloneAsDecided(asked, rewritten, decided);
  return { understood, standalone, findings: decided, played, rewritten, cached };
}

/** Answers from the owner's words and the documents. */
async function answerFrom(
  input: EngineInput,
  { understood, standalone, findings: decided, played, rewritten, cached }: Found,
  emit: Emit,
): Promise<Answer> {
  if (played.fixed || played.said.every((one) => one !== undefined))
    return sayOwnersWords(input, played, { ...understood, standalone }, emit);
  const findings = decided.filter((_, index) => !played.said[index]).map(forVisitor);
  const decision = isOurs(understood) ? SMALL_TALK : decideAll(findings);
  emit({ type: "decided", action: decision.action });

  const sources = decision.action === "small_talk" ? [] : selectSources(findings, decision.action);
  const isUnclear = decision.action === "clarify";
  const choices = isUnclear ? choicesAmong(findings, sources, input.release.decision) : [];
  const values = valuesAmong(findings, choices);
  // Nobody is asked to write an answer that depends on what is not known.
  const isAsking = values.length > 0;
  const isChoice = isUnclear && (isAsking || input.deps.chatModels.length === 0);
  const shown = isChoice ? choices : sources;
  const words = ownersWords(input, played, shown.length + 1);
  const isBehind = words.text !== "";
  const references = [...shown.map(toReference), ...words.citations.map(toReference)];
  if (references.length > 0) emit({ type: "sources", sources: references });
  if (isBehind) emit({ type: "text", delta: `${words.text}\n\n` });
  const emitRest = isBehind ? behind(words, emit) : emit;
  const isLikely = decision.action === "answer";
  const { isSure } = decision;
  const meant = standalone === rewritten ? standalone : undefined;
  const { instructions } = played;
  const of = { isLikely, isSure, meant, instructions };
  // A kept answer knows nothing of what applies here.
  const kept = instructions.length > 0 || isBehind ? undefined : cached;
  const draft =
    sources.length > 0 && !isAsking
      ? await generate(input, { findings, sources, cached: kept, ...of }, emitRest)
      : undefined;
  if (draft?.stopped) {
    const { confidence } = decision;
    const language = input.language ?? "en";
    const stopped = { draft, sources, findings, confidence, language, applied: played.applied };
    const answer = stoppedAnswer({ ...understood, ...stopped, standalone });
    return isBehind ? behindOwnersWords(answer, words) : answer;
  }
  // Documents that are near enough to be offered say more of a message than a guess does.
  const intent = understood.isGuessed && choices.length > 0 ? undefined : understood.intent;
  const ending = {
    ...understood,
    intent,
    standalone,
    decision,
    draft,
    sources,
    choices,
    values,
    findings,
    played,
  };
  const answer = conclude(input, ending, emitRest);
  return isBehind ? behindOwnersWords(answer, words) : answer;
}

/**
 * The standalone question, as a model completed it where one did; the message itself where the decision took what may be a follow-up for a
 * question of its own.
 */
function standaloneAsDecided(
  { questions, standalone }: Understood,
  rewritten: string | undefined,
  findings: Finding[],
): string {
  const [asked] = questions;
  const [finding] = findings;
  if (!asked?.isUncertain || !finding || finding.question.text === asked.text)
    return rewritten ?? standalone;
  return finding.question.text;
}

/** Whether a sentence of ours answers, whatever the documents say. */
function isOurs({ intent, isGuessed, contact }: Understood): boolean {
  return isAnsweredByUs(intent, isGuessed) && contact?.rest === undefined;
}

const SMALL_TALK = { action: "small_talk", confidence: 1, isSure: true } as const;

/** For each question what is found for it and for its variants. A follow-up is the only question of its message. */
async function retrieveEach(input: EngineInput, questions: Query[]): Promise<Candidates[][]> {
  const { deps, reader, release } = input;
  const [[first = [], ...others], rewritten] = await Promise.all([
    Promise.all(
      questions.map((question) => retrieveAll(deps, reader, question, release.retrieval)),
    ),
    searchRewritten(input, questions[0]),
  ]);
  return questions.length === 0 ? [] : [withRewritten(first, rewritten), ...others];
}

function readEach(
  { deps, reader, release }: EngineInput,
  candidates: Candidates[][],
): Promise<Searched[][]> {
  const { retrieval } = release;
  return Promise.all(candidates.map((all) => readAll(deps, reader, all, LEG_PASSAGES, retrieval)));
}

function rankEach({ deps, release }: EngineInput, found: Searched[][]): Promise<Ranking[]> {
  return Promise.all(
    found.flatMap(([own, ...variants]) =>
      own
        ? [rank(deps, own.candidates, own.passages, release.retrieval, variants, own.personal)]
        : [],
    ),
  );
}

/** Decides each question, by the passages of the documents that the message leaves to answer from. */
function decideEach(
  { history, release }: EngineInput,
  understood: Understood,
  rankings: Ranking[],
): Finding[] {
  // After a clarifying question no second one is asked: it would lead the visitor in circles. Whoever wants to reach somebody is told how.
  const mayClarify = history.options.length === 0 && understood.contact === undefined;
  return rankings.map((ranking) => {
    const { passages, isNamed } = eligible(ranking, understood);
    const personal = ranking.personal && {
      ...ranking.personal,
      passages: eligible({ ...ranking, ...ranking.personal }, understood).passages,
    };
    const limits = { mayClarify, isNamed };
    const finding = decide({ ...ranking, passages, personal }, release.decision, limits);
    // A title that the visitor names may be that of several documents.
    const mayAsk = mayClarify && understood.chosen === undefined && rankings.length === 1;
    return mayAsk ? askingForValue(finding) : finding;
  });
}

/** What answers a question is taken in the order for the visitor. Whether it is answered does not depend on who asks. */
function forVisitor(finding: Finding): Finding {
  const { personal, decision } = finding;
  if (decision.action !== "answer" || !personal || personal.passages.length === 0) return finding;
  return { ...finding, ...personal };
}
