import { z } from "@hono/zod-openapi";
import { askedField, fieldName, localized, ownLine, ownText, recordOf } from "./fields.ts";
import { itemScope, topicsOf } from "./scope.ts";

const MAX_STEPS = 40;
/** Calls of tools that one turn makes at most. A procedure with more between two replies is refused. */
export const MAX_CALLS_PER_TURN = 3;

const stepName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, "is no name such as look_up")
  .refine((name) => name !== "visitor", "is what the visitor's attributes are called");

/**
 * Where a value comes from: `order` is what the visitor was asked for, `look_up.status` a field of what a step returned, and `visitor.email` a
 * verified claim of the visitor's token.
 */
const reference = z
  .string()
  .max(200)
  .regex(
    /^[a-z]\w*(?:\.[a-z]\w*)*$/i,
    "is no reference such as order, look_up.status or visitor.email",
  );

const source = z.union([
  reference,
  z.strictObject({ value: z.union([z.string().max(200), z.number(), z.boolean()]) }),
]);
export type ValueSource = z.infer<typeof source>;

const single = z.union([z.string().max(300), z.number(), z.boolean()]);

const condition = z
  .strictObject({
    field: reference,
    is: single.optional(),
    in: z.array(single).min(1).max(50).optional(),
    at_least: z.number().optional(),
    at_most: z.number().optional(),
    within_days: z.int().min(0).max(100_000).optional().meta({
      description: "The date is at most so many days ago, or lies in the future.",
    }),
    is_set: z.boolean().optional(),
  })
  .refine(
    ({ field: _field, ...tests }) =>
      Object.values(tests).filter((one) => one !== undefined).length === 1,
    "needs one of is, in, at_least, at_most, within_days and is_set",
  );
export type Condition = z.infer<typeof condition>;

const stepSchema = z
  .strictObject({
    name: stepName,
    ask: fieldName.optional().meta({ description: "Asks the visitor for this property of `ask`." }),
    tool: z.string().optional().meta({ description: "Name of a tool that is called." }),
    with: recordOf(fieldName, source).optional().meta({
      description:
        "Where each argument comes from: `order`, `look_up.status`, `visitor.email`, or `{value: …}`.",
    }),
    if: condition.optional().meta({
      description: "If it holds, the procedure goes on with `next`; if not, with `else`.",
    }),
    else: stepName.optional(),
    failed: stepName.optional().meta({
      description: "Where it goes on if the call fails, or the visitor declines it.",
    }),
    say: localized.optional(),
    end: z.enum(["answered", "handed_over"]).optional().meta({
      description: "`handed_over`: a person is asked for, with what is known.",
    }),
    next: stepName.optional().meta({ description: "A later step. Without it, the next one." }),
  })
  .superRefine((step, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    const kinds = (["ask", "tool", "if", "say"] as const).filter(
      (kind) => step[kind] !== undefined,
    );
    if (kinds.length > 1) issue(kinds[1] ?? "", `does not go with ${kinds[0]} in one step`);
    if (kinds.length === 0 && step.end === undefined)
      issue("name", "does nothing: give ask, tool, if, say or end");
    const only = (names: ("with" | "failed" | "else")[], kind: "tool" | "if"): void => {
      for (const name of names)
        if (step[name] !== undefined && step[kind] === undefined)
          issue(name, `belongs to a step with ${kind}`);
    };
    only(["with", "failed"], "tool");
    only(["else"], "if");
    if (step.end !== undefined && kinds.length > 0 && step.say === undefined)
      issue("end", `does not go with ${kinds[0]}: let a later step end the procedure`);
    if (step.end !== undefined && kinds.length === 0)
      issue("say", "is needed by end: the visitor would read nothing");
    if (step.end !== undefined && step.next !== undefined) issue("next", "follows an end");
    if (step.if !== undefined && step.else === undefined) issue("else", "is needed by if");
  });
export type Step = z.infer<typeof stepSchema>;

export const procedureSchema = z
  .strictObject({
    title: ownLine.meta({ description: "What the visitor reads: `Warranty claim`." }),
    description: ownText.max(1000).optional().meta({
      description: "When it is of use, for the language model that may choose it.",
    }),
    when: topicsOf(),
    ask: recordOf(
      fieldName,
      askedField
        .refine(({ question }) => question !== undefined, "needs a question")
        .refine(
          ({ from }) => from === undefined,
          "is asked for: what comes from the visitor's token is written as visitor.email where it is used",
        ),
    )
      .default({})
      .meta({ description: "What visitors are asked for, as JSON Schema with a `question` each." }),
    steps: z.array(stepSchema).min(1).max(MAX_STEPS),
    ...itemScope,
  })
  .superRefine(({ steps, ask }, context) => {
    const issue = (at: number, field: string, message: string): void =>
      context.addIssue({ code: "custom", path: ["steps", at, field], message });
    const places = new Map(steps.map(({ name }, at) => [name, at]));
    steps.forEach((step, at) => {
      if (places.get(step.name) !== at) issue(at, "name", "is the name of two steps");
      if (step.ask !== undefined && !Object.hasOwn(ask, step.ask))
        issue(at, "ask", `asks for ${step.ask}, which ask does not describe`);
      for (const field of ["next", "else", "failed"] as const) {
        const to = step[field];
        if (to === undefined) continue;
        const place = places.get(to);
        if (place === undefined) issue(at, field, `leads to ${to}, which is no step`);
        else if (place <= at)
          issue(
            at,
            field,
            `leads back to ${to}: the procedure would never end. Steps lead to later ones`,
          );
      }
      const isLast = at === steps.length - 1;
      if (isLast && step.end === undefined)
        issue(at, "end", "is missing: the last step ends the procedure");
    });
    const reached = reachable(steps);
    steps.forEach(({ name }, at) => {
      if (!reached.has(at)) issue(at, "name", `is never reached: no step leads to ${name}`);
    });
  })
  .meta({ id: "ProcedureInput" });

export type Procedure = z.infer<typeof procedureSchema>;

/** Places of the steps that follow a step. */
export function followers(steps: Step[], at: number): number[] {
  const step = steps[at];
  if (!step || step.end !== undefined) return [];
  const placeOf = (name: string | undefined): number[] => {
    const place = steps.findIndex((one) => one.name === name);
    return place < 0 ? [] : [place];
  };
  const next = step.next === undefined ? [at + 1] : placeOf(step.next);
  return [...next, ...placeOf(step.else), ...placeOf(step.failed)];
}

function reachable(steps: Step[]): Set<number> {
  const reached = new Set([0]);
  // Steps lead to later ones only, so one pass in their order finds all.
  for (let at = 0; at < steps.length; at++)
    if (reached.has(at)) for (const to of followers(steps, at)) reached.add(to);
  return reached;
}
