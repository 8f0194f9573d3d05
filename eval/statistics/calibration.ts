import { mean } from "../metrics.ts";

/** A predicted probability, and whether the event happened. */
export interface Forecast {
  probability: number;
  came: boolean;
}

export interface Bin {
  from: number;
  to: number;
  n: number;
  /** Means over the bin; null when it is empty. */
  predicted: number | null;
  observed: number | null;
}

const BINS = 10;

/** Forecasts in ten bins of equal width. */
export function reliabilityBins(forecasts: readonly Forecast[], bins = BINS): Bin[] {
  const byBin = Map.groupBy(forecasts, ({ probability }) =>
    Math.min(bins - 1, Math.max(0, Math.floor(probability * bins))),
  );
  return Array.from({ length: bins }, (_, index) => {
    const members = byBin.get(index) ?? [];
    return {
      from: index / bins,
      to: (index + 1) / bins,
      n: members.length,
      predicted: mean(members.map(({ probability }) => probability)),
      observed: mean(members.map(({ came }) => (came ? 1 : 0))),
    };
  });
}

/** Expected calibration error: the mean gap between predicted and observed, each bin by its share (Guo et al. 2017, arXiv 1706.04599). */
export function calibrationError(forecasts: readonly Forecast[]): number | null {
  if (forecasts.length === 0) return null;
  const gaps = reliabilityBins(forecasts).map(({ n, predicted, observed }) =>
    predicted === null || observed === null ? 0 : n * Math.abs(predicted - observed),
  );
  return gaps.reduce((total, gap) => total + gap, 0) / forecasts.length;
}

/** Mean squared error of the probabilities (Brier 1950). */
export function brier(forecasts: readonly Forecast[]): number | null {
  return mean(forecasts.map(({ probability, came }) => (probability - (came ? 1 : 0)) ** 2));
}
