import { addressOf, type AddressRule } from "./addresses.ts";
import type { Document } from "./document.ts";
import { locate, postOf, type DocusaurusSite } from "./docusaurus.ts";
import type { Place } from "./fields.ts";
import { extensionOf, READERS } from "./file-types.ts";
import { suffixOf } from "./languages.ts";
import { readPage } from "./page.ts";

/** The addresses at which a site shows the files of a folder. */
export class FolderAddresses {
  readonly #rule: AddressRule | undefined;
  readonly #site: DocusaurusSite | undefined;
  readonly #languages: ReadonlyMap<string, string>;
  /** The address that is made of each file's path. */
  readonly #made = new Map<string, string>();

  /**
   * @param rule absent where nobody has said at which address the folder is shown
   * @param languages the files whose paths name a language
   */
  constructor(
    rule: AddressRule | undefined,
    site: DocusaurusSite | undefined,
    languages: ReadonlyMap<string, string>,
  ) {
    this.#rule = rule;
    this.#site = site;
    this.#languages = languages;
  }

  /** An HTML page may name its own address. Without one, the rule makes it from the path. */
  of(file: string, document: Document, place: Place): string | undefined {
    const made = this.#rule && this.#makeOf(file, place, this.#rule);
    if (made) this.#made.set(file, made);
    if (document.content_type === "text/html" && !(extensionOf(file) in READERS)) {
      const { canonical, openGraphUrl } = readPage(document.content);
      const own = [canonical, openGraphUrl].find((url) =>
        /^https?:$/.test(URL.parse(url ?? "")?.protocol ?? ""),
      );
      if (own) return own;
    }
    return made;
  }

  #makeOf(file: string, place: Place, rule: AddressRule): string | undefined {
    if (this.#site) {
      const located = locate(file, rule.baseUrl, this.#site);
      if (!located) return undefined;
      const below = { ...rule, baseUrl: located.base };
      if (!located.isPost) return addressOf(located.file, place, below);
      const { slug } = place;
      return addressOf(postOf(located.file), slug ? { slug: `/${slug}` } : place, below);
    }
    const suffix = this.#languages.has(file) ? suffixOf(file) : undefined;
    if (!suffix) return addressOf(file, place, rule);
    // Generators show the default language, which is mostly English, without its name.
    const translated = suffix.language === "en" ? suffix.rest : `${suffix.language}/${suffix.rest}`;
    return addressOf(translated, place, rule);
  }

  /**
   * Leaves an address that several documents claim to the one whose path it is made of. A template may name the home page's address on
   * all pages, and a README may lie beside the index that stands for the folder.
   * @param note is told of each document that loses its address
   */
  divide(documents: Document[], note: (note: string, file: string) => void): Document[] {
    const divided = [...documents];
    const groups = Map.groupBy(documents.entries(), ([, { url }]) => url);
    for (const [url, claims] of groups) {
      if (url === undefined || claims.length < 2) continue;
      const [owner] =
        claims.find(
          ([, { source = "" }]) => this.#made.get(source) === url && !/readme\.\w+$/i.test(source),
        ) ?? [];
      for (const [at, { url: _url, ...document }] of claims) {
        if (at === owner || document.source === undefined) continue;
        const made = this.#made.get(document.source);
        divided[at] = { ...document, ...(made && made !== url && { url: made }) };
        note(`${url} is the address of other documents, too`, document.source);
      }
    }
    return divided;
  }
}
