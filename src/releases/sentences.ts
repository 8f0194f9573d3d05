import type { WorkspaceSettings } from "../workspaces/settings.ts";
import type { OwnPlaceholder, Release } from "./release.ts";

/** What a workspace says of itself. */
export type OwnNames = Pick<
  WorkspaceSettings,
  "contact" | "contact_url" | "contact_email" | "company_name" | "assistant_name"
>;

export const NO_NAMES: OwnNames = {
  contact: null,
  contact_url: null,
  contact_email: null,
  company_name: null,
  assistant_name: null,
};

/** Fills the placeholders of a sentence. A placeholder without a value stays as it is. */
export function fillPlaceholders(sentence: string, values: Record<string, string>): string {
  return sentence.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? placeholder) : placeholder,
  );
}

/**
 * A sentence with what the workspace says of itself, as Markdown.
 * @param others the values of the sentence's other placeholders. They are filled at the same time, because a name may look like one.
 */
export function say(
  sentence: string,
  sentences: Release["sentences"],
  names: OwnNames,
  others: Record<string, string> = {},
): string {
  const said = fillPlaceholders(sentence, { ...ownValues(sentences, names), ...others });
  // An empty introduction leaves its space.
  return said.replace(/ {2,}/g, " ").trim();
}

function ownValues(
  sentences: Release["sentences"],
  names: OwnNames,
): Record<OwnPlaceholder, string> {
  const company = names.company_name ?? sentences.company;
  const assistant = names.assistant_name ?? sentences.assistant;
  const introduction = names.assistant_name === null ? "" : sentences.introduction;
  return {
    company,
    assistant,
    introduction: fillPlaceholders(introduction, { company, assistant }),
    contact: linkedContact(whom(sentences, names), names),
  };
}

/** Whom a visitor can ask, without an address. */
function whom(sentences: Release["sentences"], { contact, company_name }: OwnNames): string {
  if (contact !== null) return contact;
  if (company_name === null) return sentences.contact;
  return fillPlaceholders(sentences.companyContact, { company: company_name });
}

/** The addresses where a workspace can be reached. */
export function contactAddresses({ contact_url, contact_email }: OwnNames): string[] {
  return [contact_url, contact_email].filter((address) => address !== null);
}

/** Whether a workspace says how it can be reached. */
export function hasContact(names: OwnNames): boolean {
  return names.contact !== null || contactAddresses(names).length > 0;
}

/** `[our support team](https://…) ([help@…](mailto:help@…))`. An address that the words hold already is not repeated. */
function linkedContact(who: string, { contact_url, contact_email }: OwnNames): string {
  const mail =
    contact_email === null || who.includes(contact_email)
      ? []
      : [`[${contact_email}](mailto:${contact_email})`];
  if (contact_url === null || who.includes(contact_url)) return withDetails(who, mail);
  // A text with brackets or an address of its own cannot be the text of a link.
  const isPlain = !/[[\]\\@]|:\/\//.test(who);
  if (isPlain) return withDetails(`[${who}](${contact_url})`, mail);
  return withDetails(who, [`[${new URL(contact_url).hostname}](${contact_url})`, ...mail]);
}

function withDetails(who: string, details: string[]): string {
  return details.length > 0 ? `${who} (${details.join(", ")})` : who;
}
