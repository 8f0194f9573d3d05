/** A question's outcome if the product answered whenever its confidence reaches a threshold. */
export interface Outcome {
  confidence: number;
  /** Whether there is an answer to give at all: a text that no source supports is never shown. */
  canAnswer: boolean;
  /** Whether that answer is wrong: it cites the wrong article first, or the question has no answer. */
  wrong: boolean;
}

export interface OperatingPoint {
  threshold: number;
  answered: number;
  errors: number;
  /** Share of all questions that are answered. */
  coverage: number;
  /** Share of the answers that are wrong (selective risk); 0 when nothing is answered. */
  risk: number;
}

export function operatingPoint(outcomes: readonly Outcome[], threshold: number): OperatingPoint {
  return operatingPoints(outcomes, [threshold])[0] as OperatingPoint;
}

/** One point for each threshold. @param thresholds highest first */
export function operatingPoints(
  outcomes: readonly Outcome[],
  thresholds: readonly number[],
): OperatingPoint[] {
  const sorted = mostConfidentFirst(outcomes);
  let answered = 0;
  let errors = 0;
  return thresholds.map((threshold) => {
    for (
      let next = sorted[answered];
      next && next.confidence >= threshold;
      next = sorted[answered]
    ) {
      answered++;
      if (next.wrong) errors++;
    }
    return pointAt(threshold, answered, errors, outcomes.length);
  });
}

function mostConfidentFirst(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter((one) => one.canAnswer).toSorted((a, b) => b.confidence - a.confidence);
}

function pointAt(
  threshold: number,
  answered: number,
  errors: number,
  questions: number,
): OperatingPoint {
  const risk = answered > 0 ? errors / answered : 0;
  return { threshold, answered, errors, coverage: questions > 0 ? answered / questions : 0, risk };
}

/** One point for each confidence that occurs, most confident first (El-Yaniv, Wiener 2010). */
export function riskCoverageCurve(outcomes: readonly Outcome[]): OperatingPoint[] {
  const confidences = mostConfidentFirst(outcomes).map((one) => one.confidence);
  return operatingPoints(outcomes, [...new Set(confidences)]);
}

/**
 * The area under the curve: the mean selective risk over all coverages (Geifman, Uziel, El-Yaniv 2019, arXiv 1805.08206).
 * Where questions cannot be answered at any threshold, the mean is over the coverages that exist.
 */
export function areaUnderRisk(points: readonly OperatingPoint[]): number | null {
  let area = 0;
  let before = 0;
  for (const { coverage, risk } of points) {
    area += (coverage - before) * risk;
    before = coverage;
  }
  return before > 0 ? area / before : null;
}
