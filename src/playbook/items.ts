import { z } from "@hono/zod-openapi";
import { LANGUAGE_CODES } from "../language/language.ts";
import { hasNoCredentials } from "../knowledge/accept/schema.ts";
import { ownLine, ownText } from "./fields.ts";
import type { Procedure } from "./procedure.ts";
import { itemScope, wordings } from "./scope.ts";
import type { Tool } from "./tool.ts";

/** The kinds of items, in the order in which a playbook lists them. */
export const KINDS = ["answer", "guidance", "tool", "procedure"] as const;
export type Kind = (typeof KINDS)[number];

export const answerSchema = z
  .strictObject({
    wordings: wordings.min(1).meta({
      description:
        "The question, in the words that visitors use. Several different ones recognise more than one does.",
      example: ["Do you match prices?", "I found it cheaper elsewhere"],
    }),
    unlike: wordings.default([]).meta({
      description:
        "Messages that sound like it and ask something else: they are answered from the documents.",
    }),
    text: ownText.meta({ description: "What is said, word for word. Markdown." }),
    translations: z
      .partialRecord(z.enum(LANGUAGE_CODES), ownText)
      .default({})
      .meta({ description: "The text in other languages, by their code." }),
    language: z.enum(LANGUAGE_CODES).default("en").meta({ description: "Of `text`." }),
    url: z
      .url({ protocol: /^https?$/, normalize: true })
      .max(2000)
      .refine(hasNoCredentials, "must not contain a user name or password")
      .optional()
      .meta({ description: "Where the visitor reads more." }),
    ...itemScope,
  })
  .meta({ id: "OwnerAnswerInput" });

export type OwnerAnswer = z.infer<typeof answerSchema>;

/** What Edgewise does by itself where guidance applies. */
export const ACTIONS = ["offer_person", "refuse", "show_form"] as const;

const formField = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "is no name such as order_number"),
  label: ownLine,
  type: z.enum(["text", "email", "tel", "number", "date"]).default("text"),
  required: z.boolean().default(true),
});

const form = z
  .strictObject({ title: ownLine, fields: z.array(formField).min(1).max(12) })
  .refine(
    ({ fields }) => new Set(fields.map(({ name }) => name)).size === fields.length,
    "has two fields of one name",
  );

export const guidanceSchema = z
  .strictObject({
    when: z
      .strictObject({
        topics: wordings.default([]).meta({
          description:
            "Messages of this kind, in the words that visitors use. Empty: messages about anything.",
        }),
        unlike: wordings
          .default([])
          .meta({ description: "Messages that sound like it, to which it does not apply." }),
        languages: z.array(z.enum(LANGUAGE_CODES)).max(LANGUAGE_CODES.length).default([]).meta({
          description: "Languages of the reply. Empty: any.",
        }),
        page: z
          .string()
          .max(500)
          .regex(/^[/*][^\s?#]*$/u, "must be a path such as /pricing or /shop/*")
          .optional()
          .meta({
            description:
              "Path of the page on which the visitor writes (`metadata.page`); `*` stands for any characters.",
          }),
      })
      .meta({ description: "All that is given has to hold." }),
    instruction: ownText.optional().meta({
      description: "Told to the language model beside its rules. Without a model it says nothing.",
    }),
    action: z.enum(ACTIONS).optional().meta({
      description:
        "`offer_person`: after the answer, a person is offered. `refuse`: `text` is said in place of an answer. `show_form`: after `text`, a form is shown.",
    }),
    text: ownText.optional().meta({ description: "What is said, word for word. Markdown." }),
    form: form.optional(),
    ...itemScope,
  })
  .superRefine(
    ({ when, audience: readers, instruction, action, text: said, form: shown }, context) => {
      const issue = (path: string, message: string): void =>
        context.addIssue({ code: "custom", path: [path], message });
      const { topics, languages, page } = when;
      if (topics.length === 0 && languages.length === 0 && readers.length === 0 && !isNarrow(page))
        issue(
          "when",
          "would apply to every message: such a rule belongs into the release (prompt.rules)",
        );
      if ((instruction === undefined) === (action === undefined))
        issue("action", "give either instruction or action, not both");
      if (topics.length === 0 && when.unlike.length > 0)
        issue("when", "has unlike, which needs topics");
      if ((action === "refuse" || action === "show_form") && said === undefined)
        issue("text", `is needed by ${action}`);
      if (action !== "refuse" && action !== "show_form" && said !== undefined)
        issue("text", "is said by refuse and show_form only");
      if ((action === "show_form") !== (shown !== undefined))
        issue("form", "is needed by show_form, and belongs to it alone");
      if ((action === "refuse" || action === "show_form") && topics.length === 0)
        issue("when", `needs topics: ${action} without them would answer every question`);
    },
  )
  .meta({ id: "GuidanceInput" });

export type Guidance = z.infer<typeof guidanceSchema>;
export type GuidanceForm = z.infer<typeof form>;

/** Whether a pattern leaves out some page. */
function isNarrow(page: string | undefined): boolean {
  return page !== undefined && /[^/*]/.test(page);
}

export interface Contents {
  answer: OwnerAnswer;
  guidance: Guidance;
  tool: Tool;
  procedure: Procedure;
}

/** The texts of an item that a message is compared with. */
export interface ItemTexts {
  /** A message that is meant is near to one of these, */
  like: string[];
  /** and nearer than to any of these. */
  unlike: string[];
  /** What an owner's answer says: it has words that visitors use, too. */
  said: string[];
}

export function textsOf(kind: Kind, content: Contents[Kind]): ItemTexts {
  if (kind === "answer") {
    const { wordings: like, unlike, text: own } = content as OwnerAnswer;
    return { like, unlike, said: [own] };
  }
  const { topics: like, unlike } = (content as Exclude<Contents[Kind], OwnerAnswer>).when;
  return { like, unlike, said: [] };
}

/** All texts of an item in the order of its vectors. */
export function allOf({ like, unlike, said }: ItemTexts): string[] {
  return like.length + unlike.length === 0 ? [] : [...like, ...unlike, ...said];
}
