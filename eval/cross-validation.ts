import { FEATURE_SIGNS, type Case } from "./decision-cases.ts";
import { fit, predict, type Example, type Model } from "./logistic.ts";
import { share } from "./metrics.ts";
import { shuffle } from "./sample.ts";

export const FOLDS = 5;

/**
 * For each case, the prediction of a model that was trained without its fold. Each fold has its share of each label.
 * @param beside further examples that every model is trained on and none is tested on
 */
export function crossValidate(cases: Case[], l2: number, beside: Example[] = []): number[] {
  const foldOf = new Map<Case, number>();
  for (const label of [0, 1]) {
    const same = shuffle(cases.filter((one) => one.label === label));
    for (const [index, one] of same.entries()) foldOf.set(one, index % FOLDS);
  }
  const models = Array.from({ length: FOLDS }, (_, fold) =>
    fit([...cases.filter((one) => foldOf.get(one) !== fold), ...beside], FEATURE_SIGNS, l2),
  );
  return cases.map((one) => predict(models[foldOf.get(one) ?? 0] as Model, one.features));
}

export interface TradeOff {
  threshold: number;
  /** Share answered, of the questions whose answer was found. */
  answered: number;
  /** Share abstained from, of the unanswerable questions. */
  abstained: number;
  /** Answerable questions that would be answered although the answer was not found. */
  misled: number;
  balanced: number;
}

export function tradeOff(cases: Case[], predictions: number[], threshold: number): TradeOff {
  const answers = cases.map((_, index) => (predictions[index] ?? 0) >= threshold);
  const shareOf = (group: (one: Case) => boolean, answer: boolean): number =>
    share(
      cases.filter((one, i) => group(one) && answers[i] === answer).length,
      cases.filter(group).length,
    ) ?? 0;
  const answered = shareOf((one) => one.label === 1, true);
  const abstained = shareOf((one) => !one.answerable, false);
  const misled = cases.filter((one, i) => one.answerable && one.label === 0 && answers[i]).length;
  return { threshold, answered, abstained, misled, balanced: (answered + abstained) / 2 };
}

/** A wrong answer costs a visitor more than an abstention, so the unanswerable questions set the threshold. */
export const ABSTENTION_TARGET = 0.85;

/** Of the questions that get a clarifying question, at least this share has its article among those offered. */
const CLARIFICATION_TARGET = 0.5;
/** With fewer questions the share is not reliable. */
const FEWEST_CLARIFIED = 10;

/** The lowest confidence from which, up to the threshold, a clarifying question offers the right article often enough. */
export function chooseClarifyFrom(cases: Case[], predictions: number[], threshold: number): number {
  let lowest = threshold;
  for (let step = Math.floor(threshold * 1000) - 1; step > 0; step--) {
    const from = step / 1000;
    const clarified = cases.filter((_, i) => {
      const prediction = predictions[i] ?? 0;
      return prediction >= from && prediction < threshold;
    });
    if (clarified.length < FEWEST_CLARIFIED) continue;
    const offered = clarified.filter((one) => one.offered).length;
    if (offered >= CLARIFICATION_TARGET * clarified.length) lowest = from;
    else break;
  }
  return lowest;
}

/**
 * The lowest threshold, to three decimals, at which the wanted share of new unanswerable questions can be expected to get an
 * abstention: it abstains from one question more than this share of the given ones (the quantile of split conformal prediction:
 * Lei et al. 2018, arXiv 1604.04173).
 */
export function chooseThreshold(cases: Case[], predictions: number[]): number {
  const unanswerable = cases.filter(({ answerable }) => !answerable).length;
  const wanted = Math.min(1, Math.ceil((unanswerable + 1) * ABSTENTION_TARGET) / unanswerable);
  for (let step = 1; step < 1000; step++) {
    const threshold = step / 1000;
    if (tradeOff(cases, predictions, threshold).abstained >= wanted) return threshold;
  }
  return 1;
}
