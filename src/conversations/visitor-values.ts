import type { VisitorValues } from "../retrieval/attributes.ts";
import { withoutInvisible } from "../text/invisible-characters.ts";
import type { Admitted } from "./admit.ts";
import { valuesOf, type ChosenValue } from "./chosen-values.ts";
import type { TurnRequest } from "./turn-request.ts";

const MAX_VALUE_CHARACTERS = 64;

/**
 * The visitor's attributes that the workspace's settings list: each from the verified JWT, or else as chosen in the conversation, or else from the metadata
 * of the message, or of the conversation's first one. JWT and metadata also hold what is meant for others, so a value that is no short text or number is ignored.
 */
export function visitorValues(
  { metadata }: Pick<TurnRequest, "metadata">,
  { caller, conversation, allowance }: Admitted,
  chosen: ChosenValue[],
): VisitorValues {
  const names = allowance.settings.visitor_attributes;
  const choices = valuesOf(chosen, names);
  const given = [caller.visitor?.claims ?? {}, choices, metadata, conversation.metadata];
  const attributes = Object.fromEntries(
    names.flatMap((name) => {
      const value = given
        .map((fields) => (Object.hasOwn(fields, name) ? toValue(fields[name]) : undefined))
        .find((one) => one !== undefined);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return { ...choices, ...attributes };
}

function toValue(given: unknown): string | undefined {
  if (typeof given === "number") return Number.isFinite(given) ? String(given) : undefined;
  if (typeof given !== "string" || given.length > MAX_VALUE_CHARACTERS) return undefined;
  const value = withoutInvisible(given.toWellFormed()).normalize("NFC").replace(/\s+/g, " ").trim();
  return /[\p{L}\p{N}]/u.test(value) && !/\p{Cc}/u.test(value) ? value : undefined;
}
