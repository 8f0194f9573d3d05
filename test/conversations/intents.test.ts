import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { LANGUAGE_CODES, type LanguageCode } from "../../src/language/language.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import { NO_NAMES, say, sentencesIn } from "../../src/releases/sentences.ts";
import { tick } from "../support/tick.ts";
import {
  ask,
  call,
  createWorkspace,
  HELP_CENTRE,
  publish,
  type Workspace,
} from "../support/workspace.ts";

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace({
    ...HELP_CENTRE,
    talking: {
      title: "Talk to a person",
      content: "# Talk to a person\n\nCall +49 30 901820 to talk to a human of our team.",
    },
  });
  await tick();
}, 60_000);

const requests = (id: string) =>
  env.DB.prepare(`SELECT * FROM handover_requested WHERE workspace_id = ?1`).bind(id).all();

const sentence = (name: "human" | "person", language: LanguageCode): string => {
  const sentences = sentencesIn(shippedRelease, language);
  return say(sentences[name], sentences, NO_NAMES);
};

const ARE_YOU: Record<LanguageCode, string> = {
  en: "Are you a robot?",
  de: "Spreche ich mit einem Menschen?",
  fr: "Êtes-vous un robot ?",
  es: "¿Eres un robot?",
  pt: "Você é um robô?",
  it: "Siete un robot o una persona reale?",
  nl: "Praat ik met een mens?",
  pl: "Czy rozmawiam z robotem?",
  ja: "あなたはロボットですか？",
  ar: "هل أنت روبوت؟",
};

it.each(LANGUAGE_CODES)(
  "who asks in %s whether a person answers is told how it is",
  async (language) => {
    const { outcome, text, sources } = await ask(workspace, ARE_YOU[language]);
    expect({ outcome, text, sources }).toEqual({
      outcome: "small_talk",
      text: sentence("human", language),
      sources: [],
    });
  },
);

it("a wish for a person is answered with the contact and by no article, and is noted once", async () => {
  const shop = await createWorkspace();
  const first = await ask(shop, "I want to talk to a human");
  expect(first).toMatchObject({
    outcome: "handed_over",
    text: sentence("person", "en"),
    citations: [],
    sources: [],
  });
  expect((await ask(workspace, "I want to talk to a human")).citations).toEqual([]);
  const { results } = await requests(shop.id);
  const { conversation_id } = first;
  expect(results).toEqual([expect.objectContaining({ conversation_id, workspace_id: shop.id })]);
  await ask(shop, { message: "thanks", conversation_id });
  expect((await requests(shop.id)).results).toHaveLength(1);
});

it("the row goes with its conversation", async () => {
  const shop = await createWorkspace();
  await call(shop.secret, "PATCH", "/v1/settings", { retention_days: 1 });
  await ask(shop, "agent please");
  expect((await requests(shop.id)).results).toHaveLength(1);
  await tick({ later: 3 * 86_400_000 });
  expect((await requests(shop.id)).results).toEqual([]);
});

it.each([
  "Any chance of speaking with somebody knowledgeable?",
  "Would somebody of the team be so good and join this chat?",
])("a wish for a person in words that no list has is known by its meaning: %j", async (message) => {
  const before = await ask(workspace, "How long does delivery to Germany take?");
  const { outcome, binding_calls } = await ask(workspace, message);
  expect(outcome).toBe("handed_over");
  // The embedding that every turn has.
  expect(binding_calls.ai).toBe(before.binding_calls.ai);
  expect(binding_calls.sequential).toBeLessThanOrEqual(before.binding_calls.sequential);
});

it("a workspace adds exemplars, whose vectors are stored when its release is written", async () => {
  const shop = await createWorkspace(HELP_CENTRE);
  const message = "Beam me up to the bridge";
  expect((await ask(shop, message)).outcome).toBe("abstained");
  await publish(shop, {
    intents: { exemplars: { person: ["Beam me up to the bridge of the ship"] } },
  });
  expect((await ask(shop, message)).outcome).toBe("handed_over");
});

it("a complaint that asks something is answered, and one that documents do not answer gets the contact", async () => {
  const answered = await ask(
    workspace,
    "This is unacceptable! How long does delivery to Germany take?",
  );
  expect(answered.outcome).toBe("answered");
  const { text, outcome } = await ask(workspace, "this is the worst service I have ever had");
  expect({ text, outcome }).toEqual({
    text: say(shippedRelease.sentences.sorry, shippedRelease.sentences, NO_NAMES),
    outcome: "abstained",
  });
});

it("a question that is near in meaning to small talk is answered by the documents, and by us only where they are silent", async () => {
  const colours = "The grove comes in white, in sage green and in graphite.";
  const shop = await createWorkspace({
    colours: { title: "Colours of the grove", content: colours },
  });
  await tick();
  const asked = await ask(shop, "what colour is the grove?");
  expect(asked).toMatchObject({ outcome: "answered", citations: [{ external_id: "colours" }] });
  expect(await ask(workspace, "What is the colour that you like best?")).toMatchObject({
    outcome: "small_talk",
    sources: [],
  });
}, 60_000);
