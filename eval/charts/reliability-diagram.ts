import {
  calibrationError,
  brier,
  reliabilityBins,
  type Forecast,
} from "../statistics/calibration.ts";
import { COLOURS, drawPlot, xAt, yAt, type Plot } from "./svg.ts";

const LARGEST_DOT = 16;

/** Predicted against observed frequency: one dot for each tenth of the confidence, its area the share of the questions. */
export function reliabilityDiagram(series: { name: string; forecasts: Forecast[] }[]): string {
  const plot: Plot = {
    title: "Reliability of the confidence",
    x: { label: "confidence", most: 1 },
    y: { label: "share of right answers", most: 1 },
    marks: [],
    legend: series.map(({ name, forecasts }, index) => ({
      name: `${name}: ${forecasts.length} answers, ECE ${shown(calibrationError(forecasts))}, Brier ${shown(brier(forecasts))}`,
      colour: COLOURS[index % COLOURS.length] as string,
    })),
  };
  plot.marks.push(
    `<line x1="${xAt(0, plot)}" y1="${yAt(0, plot)}" x2="${xAt(1, plot)}" y2="${yAt(1, plot)}" stroke="#888888" stroke-dasharray="5 4"/>`,
  );
  for (const [index, { forecasts }] of series.entries()) {
    const colour = COLOURS[index % COLOURS.length] as string;
    const bins = reliabilityBins(forecasts).flatMap(({ n, predicted, observed }) =>
      predicted === null || observed === null
        ? []
        : [{ x: xAt(predicted, plot), y: yAt(observed, plot), n }],
    );
    const points = bins.map(({ x, y }) => `${x},${y}`).join(" ");
    plot.marks.push(
      `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
      ...bins.map(({ x, y, n }) => {
        const radius = Math.max(2, LARGEST_DOT * Math.sqrt(n / forecasts.length)).toFixed(1);
        return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${colour}" fill-opacity="0.55"/>`;
      }),
    );
  }
  return drawPlot(plot);
}

function shown(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}
