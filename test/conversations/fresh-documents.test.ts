import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { VERIFIED } from "../../src/generations/generation.ts";
import { ingestPending, search, store } from "../support/pipeline.ts";
import { ask, createWorkspace, HELP_CENTRE, type Workspace } from "../support/workspace.ts";

beforeEach(() => env.CONTROL.reset());

/** Records that the index shows the vectors of all documents that the workspace has now. */
async function markVisible({ id }: Workspace): Promise<void> {
  await env.CONTROL.settleVectorize();
  await env.DB.prepare(
    `UPDATE chunks SET vector_stored = vector_stored | (vector_stored & 3) * ${VERIFIED} WHERE workspace_id = ?1`,
  )
    .bind(id)
    .run();
}

async function storeUnseen(
  workspace: Workspace,
  documents: Record<string, object | undefined>,
): Promise<void> {
  await env.CONTROL.setVectorizeDelay(3_600_000);
  for (const [id, document] of Object.entries(documents))
    await store(workspace, id, document ?? {});
  await ingestPending();
}

it.each([
  ["nothing", {}],
  ["other documents", { shipping: HELP_CENTRE["shipping"], pump: HELP_CENTRE["pump"] }],
])(
  "new documents are answered from before their vectors are visible, beside %s",
  async (_, known) => {
    const workspace = await createWorkspace(known as typeof HELP_CENTRE);
    await markVisible(workspace);
    await storeUnseen(workspace, { returns: HELP_CENTRE["returns"] });
    const { outcome, citations } = await ask(workspace, "How do I return an order?");
    expect(outcome).toBe("answered");
    expect(citations.map(({ external_id }) => external_id)).toEqual(["returns"]);
  },
);

it("a failed vector leg and vectors that are not visible yet are decided alike, and a visible one otherwise", async () => {
  const workspace = await createWorkspace();
  await storeUnseen(workspace, { returns: HELP_CENTRE["returns"], pump: HELP_CENTRE["pump"] });
  const question = "How do I return an order?";
  const unseen = await search(workspace, question);
  await env.CONTROL.failNext({ binding: "vectorize", kind: "unavailable" });
  const failed = await search(workspace, question);
  expect(failed.failed_legs).toEqual(["vectors"]);
  expect(failed).toEqual({ ...unseen, failed_legs: ["vectors"] });

  await markVisible(workspace);
  expect((await search(workspace, question)).answerability).not.toBe(unseen.answerability);
});

const MACHINES = "drip capsule siphon moka lever vending filter office travel pod cold".split(" ");
const PARTS = "boiler tray hopper switch hose lid handle gasket plug spout".split(" ");

/** More chunks than the vector leg returns. Each is about a coffee machine, and none answers what is asked below. */
const CATALOGUE = {
  title: "Spare parts",
  content: MACHINES.flatMap((machine) =>
    PARTS.map((part) => `## ${part}, ${machine} machine\n\nOrder the ${part} by mail.`),
  ).join("\n\n"),
};

const NEW_DOCUMENTS = {
  descaling: {
    title: "Descale the espresso machine",
    content:
      "Descale the espresso machine every eight weeks. Dissolve 30 grams of citric acid in a litre of water, let it run through the machine, and rinse twice with fresh water.",
  },
  warranty: {
    title: "Warranty on grinders",
    content:
      "The warranty on a grinder lasts three years from the day of delivery. The steel burrs are wearing parts and are covered for six months.",
  },
};

/** Questions in the words of the new documents. */
const IN_THEIR_WORDS: Record<string, string> = {
  "How do I descale the espresso machine?": "descaling",
  "how much citric acid do I need to descale it": "descaling",
  "How long does the warranty on a grinder last?": "warranty",
  "are steel burrs covered by the warranty": "warranty",
};
const OFF_TOPIC = [
  "What is the capital of Mongolia?",
  "Who won the football match last night?",
  "Do you know a good film about pirates?",
];

it("a question about a new document is decided alike before and after its vectors are visible", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "catalogue", CATALOGUE);
  await ingestPending();
  await markVisible(workspace);
  await storeUnseen(workspace, NEW_DOCUMENTS);
  const questions = [...Object.keys(IN_THEIR_WORDS), ...OFF_TOPIC];
  const askAll = (): Promise<Awaited<ReturnType<typeof ask>>[]> =>
    Promise.all(questions.map((question) => ask(workspace, question)));
  const paraphrase = "How often must I remove limescale from the coffee maker?";

  const before = await askAll();
  const firstFound = async (): Promise<string | undefined> =>
    (await search(workspace, paraphrase)).results[0]?.external_id;
  expect(await firstFound()).not.toBe("descaling");
  await markVisible(workspace);
  const after = await askAll();
  expect(await firstFound()).toBe("descaling");

  for (const [index, question] of questions.entries()) {
    const expected = IN_THEIR_WORDS[question];
    for (const result of [before[index], after[index]]) {
      const cited = result?.citations.map(({ external_id }) => external_id);
      expect(cited, question).toEqual(expected === undefined ? [] : [expected]);
    }
  }
  const mean = (results: typeof before): number => {
    const answered = results.slice(0, Object.keys(IN_THEIR_WORDS).length);
    return answered.reduce((sum, { confidence }) => sum + confidence, 0) / answered.length;
  };
  expect(mean(before)).toBeGreaterThan(mean(after) - 0.2);
}, 60_000);
