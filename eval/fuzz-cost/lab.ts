import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Request } from "./child.ts";
import type { ScoreJob } from "./score.ts";
import type { Job, Measured } from "./work.ts";

const CHILD = path.join(import.meta.dirname, "child.ts");

export class TookTooLong extends Error {}

/** Measures in a child process, which is ended and replaced when one measurement takes too long or runs out of memory. */
export class Lab {
  #child: ChildProcess | undefined;
  readonly #heldOut: string | undefined;

  /** @param heldOut the file of held-out inputs */
  constructor(heldOut?: string) {
    this.#heldOut = heldOut;
  }

  measure(job: Job, limitMs = 15_000): Promise<Measured> {
    return this.#ask({ kind: "measure", job }, limitMs) as Promise<Measured>;
  }

  score(job: ScoreJob, limitMs = 2500): Promise<number> {
    return this.#ask({ kind: "score", job }, limitMs) as Promise<number>;
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  /** @throws {TookTooLong} */
  async #ask(request: Request, limitMs: number): Promise<unknown> {
    const child = (this.#child ??= await this.#start());
    const stopped = new AbortController();
    const timer = setTimeout(() => stopped.abort(), limitMs);
    child.once("exit", () => stopped.abort());
    try {
      child.send(request);
      const [{ result, error }] = (await once(child, "message", { signal: stopped.signal })) as [
        { result?: unknown; error?: string },
      ];
      if (error !== undefined) throw new Error(error);
      return result;
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
      this.stop();
      throw new TookTooLong();
    } finally {
      clearTimeout(timer);
      child.removeAllListeners("exit");
    }
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(CHILD, this.#heldOut ? [this.#heldOut] : [], {
      execArgv: ["--max-old-space-size=1024", "--no-warnings"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await once(child, "message");
    return child;
  }
}
