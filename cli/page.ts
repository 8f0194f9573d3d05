import { Parser } from "htmlparser2";
import { languageTag } from "./fields.ts";

/** What an HTML page says about itself. */
export interface Page {
  title: string;
  heading: string;
  language?: string;
  /** `<link rel=canonical>`, as it is written. */
  canonical?: string;
  /** `og:url` and `og:site_name`. */
  openGraphUrl?: string;
  siteName?: string;
  base?: string;
  /** Where `<meta http-equiv=refresh>` sends the reader at once. */
  refresh?: string;
  isNoindex: boolean;
  hasPasswordField: boolean;
}

/** Elements whose text no reader sees, or that repeat their element's name. */
export const UNSEEN: ReadonlySet<string> = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "svg",
]);

export function readPage(html: string): Page {
  const page: Page = { title: "", heading: "", isNoindex: false, hasPasswordField: false };
  const firstHeadings: Record<string, string> = {};
  let into: string | undefined;
  let unseen = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (UNSEEN.has(name)) unseen += 1;
      readElement(page, name, attributes);
      if (into) return;
      if (name === "title" && !page.title && unseen === 0) into = name;
      else if (/^h[1-6]$/.test(name) && !firstHeadings[name]?.trim() && unseen === 0) {
        into = name;
        firstHeadings[name] = "";
      }
    },
    ontext(text) {
      if (!into || unseen > 0) return;
      if (into === "title") page.title += text;
      else firstHeadings[into] += text;
    },
    onclosetag(name) {
      if (UNSEEN.has(name) && unseen > 0) unseen -= 1;
      if (name === into) into = undefined;
    },
  });
  parser.end(html);
  page.title = oneLine(page.title);
  const level = Object.keys(firstHeadings)
    .toSorted()
    .find((name) => firstHeadings[name]?.trim());
  page.heading = oneLine(level ? (firstHeadings[level] ?? "") : "");
  return page;
}

function readElement(page: Page, name: string, attributes: Record<string, string>): void {
  if (name === "html") {
    const language = languageTag(attributes["lang"] ?? attributes["xml:lang"]);
    if (language) page.language = language;
  } else if (name === "link") {
    const isCanonical = /(?:^|\s)canonical(?:\s|$)/i.test(attributes["rel"] ?? "");
    if (isCanonical && attributes["href"]) page.canonical ??= attributes["href"].trim();
  } else if (name === "base") {
    if (attributes["href"]) page.base ??= attributes["href"].trim();
  } else if (name === "input") {
    if (/^password$/i.test(attributes["type"] ?? "")) page.hasPasswordField = true;
  } else if (name === "meta") readMeta(page, attributes);
}

function readMeta(page: Page, attributes: Record<string, string>): void {
  const content = attributes["content"]?.trim() ?? "";
  const name = (attributes["name"] ?? attributes["property"] ?? "").toLowerCase();
  if (name === "robots" && isNoindex(content)) page.isNoindex = true;
  if (name === "og:url" && content) page.openGraphUrl ??= content;
  if (name === "og:site_name" && content) page.siteName ??= content;
  if (/^refresh$/i.test(attributes["http-equiv"] ?? "")) {
    const [, seconds, address] =
      /^(\d{1,9})(?!\d)[^;,]*[;,]\s*(?:url\s*=)?\s*["']?([^"']*)/i.exec(content) ?? [];
    if (address && Number(seconds) <= 5) page.refresh ??= address.trim();
  }
}

/** `noindex` or `none` in a list of rules for robots. */
export function isNoindex(rules: string): boolean {
  return rules.split(",").some((rule) => /^\s*(?:noindex|none)\s*$/i.test(rule));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
