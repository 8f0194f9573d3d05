import path from "node:path";

/** Codes of two letters that are also common names of folders with other content. */
const AMBIGUOUS = new Set(["io", "ie", "ia", "is", "ii"]);
const NAMES = new Intl.DisplayNames("en", { type: "language", fallback: "none" });

function isLanguage(text: string): boolean {
  if (!/^[a-z]{2}(?:[-_][A-Za-z]{2,4})?$/.test(text) || AMBIGUOUS.has(text)) return false;
  try {
    return NAMES.of(text.replace("_", "-")) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The language that a path names: a folder `de/` beside `en/` that holds a file of the same path, or `faq.de.md` beside `faq.md`.
 * Without such a sibling, two letters are no language.
 */
export function languagesOfFiles(files: string[]): Map<string, string> {
  const found = new Map<string, string>();
  const translations = new Map<string, { file: string; language: string }[]>();
  for (const file of files) {
    const segments = file.split("/");
    for (const [at, segment] of segments.slice(0, -1).entries()) {
      if (!isLanguage(segment)) continue;
      const rest = segments.with(at, "*").join("/");
      translations.set(rest, [...(translations.get(rest) ?? []), { file, language: segment }]);
    }
    const suffix = suffixOf(file);
    if (suffix)
      translations.set(suffix.rest, [
        ...(translations.get(suffix.rest) ?? []),
        { file, language: suffix.language },
      ]);
  }
  const present = new Set(files);
  for (const [rest, group] of translations) {
    const hasSibling = group.length > 1 || present.has(rest);
    if (hasSibling)
      for (const { file, language } of group) found.set(file, language.replace("_", "-"));
  }
  return spread(found, files);
}

/** `faq.de.md` → `de` and `faq.md`. */
export function suffixOf(file: string): { language: string; rest: string } | undefined {
  const extension = path.extname(file);
  const name = file.slice(0, file.length - extension.length);
  const language = path.extname(name).slice(1);
  return isLanguage(language)
    ? { language, rest: `${name.slice(0, name.length - language.length - 1)}${extension}` }
    : undefined;
}

/** A folder that is one language's for some of its files is so for all of them. */
function spread(found: Map<string, string>, files: string[]): Map<string, string> {
  const folders = new Map<string, string>();
  for (const [file, language] of found) {
    const segments = file.split("/");
    const at = segments.findIndex((segment) => segment.replace("_", "-") === language);
    if (at >= 0 && at < segments.length - 1)
      folders.set(segments.slice(0, at + 1).join("/"), language);
  }
  for (const file of files) {
    const folder = [...folders].find(([name]) => file.startsWith(`${name}/`));
    if (folder && !found.has(file)) found.set(file, folder[1]);
  }
  return found;
}
