import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Api } from "../cli/api.ts";
import { shippedRelease, type Overlay, type Release } from "../src/releases/release.ts";

const RELEASE_FILE = path.resolve(import.meta.dirname, "../src/releases/default.json");
const FITS_FOLDER = path.resolve(import.meta.dirname, "../docs/evaluation");

/** Publishes a release on an instance, as its owner would; it is live from the next question on. `{}` is the shipped release. */
export async function publishRelease(api: Api, overlay: Overlay): Promise<void> {
  await api.put("/v1/releases/live", overlay);
}

/** Variables of the application under which a model is asked each question, though it answered the same one before. */
export const ASKS_EACH_TIME = {
  RELEASE_OVERLAY: JSON.stringify({ cache: { before: false } } satisfies Overlay),
};

/** A release that answers from this confidence on; at 0, it answers whenever there is a passage to answer from. */
export function answersFrom(threshold: number): Overlay {
  return { decision: { thresholds: { answer: threshold, clarify: threshold } } };
}

/** The shipped thresholds: from the first an answer is given without a model, from the second a model is asked. */
export const { answer: SHIPPED_THRESHOLD, clarify: SHIPPED_MODEL_THRESHOLD } =
  shippedRelease.decision.thresholds;

/**
 * Writes fitted values into the shipped release, and their provenance beside the reports.
 * @returns whether the release changed
 */
export async function writeFit(
  name: "decision" | "ranking",
  change: (release: Release) => Release,
  provenance: object,
): Promise<boolean> {
  const before = await readFile(RELEASE_FILE, "utf8");
  const release = change(JSON.parse(before) as Release);
  await writeFile(RELEASE_FILE, `${JSON.stringify(release, null, 2)}\n`);
  const report = path.join(FITS_FOLDER, `${name}-fit.json`);
  await writeFile(report, `${JSON.stringify(provenance, null, 2)}\n`);
  return JSON.stringify(JSON.parse(before)) !== JSON.stringify(release);
}
