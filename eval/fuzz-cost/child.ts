// Runs measurements that its parent sends, in a process of its own: the parent can end one that takes too long.
import { readHeldOut, type HeldOut } from "./held-out.ts";
import { score, type ScoreJob } from "./score.ts";
import { measure, type Job } from "./work.ts";

export type Request = { kind: "measure"; job: Job } | { kind: "score"; job: ScoreJob };

const file = process.argv[2];
const heldOut: HeldOut[] = file ? (await readHeldOut(file)).inputs : [];

process.on("message", (request: Request) => {
  void answer(request).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.({ result: "ready" });

async function answer(request: Request): Promise<unknown> {
  if (request.kind === "measure") return measure(request.job, heldOut);
  return score(request.job);
}
