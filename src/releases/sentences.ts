import type { WorkspaceSettings } from "../workspaces/settings.ts";
import { detectLanguage } from "../language/detect.ts";
import type { LanguageCode } from "../language/language.ts";
import { shippedRelease, type OwnPlaceholder, type Release, type Sentences } from "./release.ts";

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

/**
 * The sentences of a release in a language; null: in English. A workspace that replaces a sentence of `sentences` replaces the English
 * one, or, where it writes it in another language, that of this language.
 */
export function sentencesIn(
  { sentences, translations }: Pick<Release, "sentences" | "translations">,
  language: LanguageCode | null,
): Sentences {
  if (language === null || language === "en") return sentences;
  const shipped = shippedRelease.translations[language];
  return inLanguage(language, translations[language], shipped, sentences, shippedRelease.sentences);
}

/** @param own replaced sentences, and `english` what they replace */
function inLanguage<T extends object>(
  language: LanguageCode,
  translated: T,
  shipped: T,
  own: T,
  english: T,
): T {
  const names = Object.keys(translated) as (keyof T)[];
  const entries = names.map((name) => {
    const [said, was, written, before] = [translated, shipped, own, english].map(
      (one) => one[name],
    );
    if (typeof said === "object" && said !== null)
      return [name, inLanguage(language, said, was as object, written as object, before as object)];
    const isOwn =
      said === was && written !== before && detectLanguage(String(written)) === language;
    return [name, isOwn ? written : said];
  });
  return Object.fromEntries(entries) as T;
}

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
  sentences: Sentences,
  names: OwnNames,
  others: Record<string, string> = {},
): string {
  const said = fillPlaceholders(sentence, { ...ownValues(sentences, names), ...others });
  return said.trim();
}

/** Says that an AI answers, and its name. */
export function introduction(
  release: Pick<Release, "sentences" | "translations">,
  language: LanguageCode | null,
  names: OwnNames,
): string {
  return ownValues(sentencesIn(release, language), names).introduction;
}

function ownValues(sentences: Sentences, names: OwnNames): Record<OwnPlaceholder, string> {
  const company = names.company_name ?? sentences.company;
  const assistant = names.assistant_name ?? sentences.assistant;
  const introduction = names.assistant_name === null ? sentences.unnamed : sentences.introduction;
  return {
    company,
    assistant,
    introduction: fillPlaceholders(introduction, { company, assistant }),
    contact: linkedContact(whom(sentences, names), names),
  };
}

/** Whom a visitor can ask, without an address. */
function whom(sentences: Sentences, { contact, company_name }: OwnNames): string {
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
