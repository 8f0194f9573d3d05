import { execFileSync } from "node:child_process";
import type { Api } from "../cli/api.ts";
import type { Measured } from "./report.ts";
import { SEED } from "./sample.ts";
import type { EvaluationSet } from "./sets/question.ts";
import type { Failure } from "./target.ts";

interface RunOptions {
  url: string | undefined;
  limit: number;
  chat: number | undefined;
  concurrency: number;
}

/** The head of a report: what was measured, and how. */
export function describeRun<Kind extends "questions" | "conversations">(
  kind: Kind,
  set: EvaluationSet,
  { url, limit, chat, concurrency }: RunOptions,
  failures: Failure[],
  api: Api,
) {
  return {
    kind,
    set: set.name,
    question_file: set.questionFile,
    code: readGit(),
    instance: url ?? "own",
    config: {
      limit: Number.isFinite(limit) ? limit : null,
      chat: chat ?? null,
      seed: SEED,
      concurrency,
    },
    failures,
    repeated_requests: api.retries,
    notes: set.notes,
  };
}

export function countQuestions({ documents, questions }: EvaluationSet): object {
  const answerable = questions.filter((question) => question.answerable).length;
  return {
    documents: documents.length,
    questions: questions.length,
    answerable,
    unanswerable: questions.length - answerable,
  };
}

export function modelsSeen({ chat }: Measured): object {
  const seen = (name: "release" | "model" | "rung") => [
    ...new Set([...chat.values()].map((row) => row[name])),
  ];
  return { releases: seen("release"), models: seen("model"), rungs: seen("rung") };
}

/** The folders that a measured number depends on, relative to this file. */
const CODE = ["../src", "../local", "../migrations", "../eval", "../demo"];

/** The measured commit, if this is a clone and the instance runs its code. */
function readGit(): { commit: string; changed_files: number } | null {
  const git = (...args: string[]): string =>
    execFileSync("git", args, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  try {
    const changed = git("status", "--porcelain", "--", ...CODE)
      .split("\n")
      .filter((line) => line !== "");
    return { commit: git("rev-parse", "HEAD").trim(), changed_files: changed.length };
  } catch {
    return null;
  }
}
