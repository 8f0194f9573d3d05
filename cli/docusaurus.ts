/** A part of a Docusaurus site: a folder of documents, posts or pages, and the path that they are shown below. */
interface Part {
  kind: "docs" | "blog" | "pages";
  /** The plugin's id, which names its folders of versions and translations. */
  id: string;
  folder: string;
  route: string;
}

/** What a Docusaurus site's configuration says about addresses. It is read as text, because it may only be run by its site. */
export interface DocusaurusSite {
  baseUrl: string;
  trailingSlash: boolean;
  parts: Part[];
  lastVersion: string | undefined;
  /** The site's folder, relative to the folder that is read: its path from there, such as `docs`, or "" for the site's folder itself. */
  below: string;
}

/** @param versions the text of `versions.json` */
export function readDocusaurus(source: string, below: string, versions?: string): DocusaurusSite {
  const config = withoutComments(source);
  const parts: Part[] = [];
  const add = (kind: "docs" | "blog", options: string, id: string): void => {
    const folder = stringOf(options, "path") ?? kind;
    const route = stringOf(options, "routeBasePath") ?? kind;
    const name = stringOf(options, "id") ?? id;
    parts.push({ kind, id: name, folder: trimmed(folder), route: trimmed(route) });
  };
  for (const kind of ["docs", "blog"] as const) {
    const options = objectAfter(config, new RegExp(`[{,\\s]['"]?${kind}['"]?\\s*:\\s*(?=\\{)`));
    const isOff = new RegExp(`[{,\\s]['"]?${kind}['"]?\\s*:\\s*false`).test(config);
    if (!isOff) add(kind, options ?? "", "default");
    const plugin = new RegExp(`plugin-content-${kind}['"\`]\\)?\\s*,\\s*(?=\\{)`, "g");
    for (const found of config.matchAll(plugin))
      add(kind, braced(config, found.index + found[0].length), kind);
  }
  parts.push({ kind: "pages", id: "default", folder: "src/pages", route: "" });
  const listed = /\[\s*"([^"]+)"/.exec(versions ?? "")?.[1];
  return {
    baseUrl: stringOf(config, "baseUrl") ?? "/",
    trailingSlash: /\btrailingSlash\s*:\s*true\b/.test(config),
    parts,
    lastVersion: stringOf(config, "lastVersion") ?? listed,
    below,
  };
}

export interface Located {
  /** The address of the part. */
  base: string;
  /** The file's path in the part. */
  file: string;
  isPost: boolean;
}

/** Where the site shows a file; undefined for one that is none of its pages. */
export function locate(file: string, baseUrl: string, site: DocusaurusSite): Located | undefined {
  const place = site.below ? `${site.below}/${file}` : file;
  const { part, rest, locale, version } = partOf(place, site) ?? {};
  if (!part || rest === undefined) return undefined;
  const shownVersion =
    part.kind !== "docs" || version === (site.lastVersion ?? "current")
      ? ""
      : version === "current"
        ? "next"
        : (version ?? "");
  const within = [locale, part.route, shownVersion].filter(Boolean).join("/");
  const base = new URL(baseUrl);
  const given = trimmed(base.pathname);
  const root = trimmed(site.baseUrl);
  // The address may be the site's, or that of the folder, which is then below the part's.
  const isSite = site.below === "" || given === "" || (given === root && within !== "");
  const inPart = site.below.slice(part.folder.length + 1);
  const ofFolder =
    inPart && given.endsWith(`/${inPart}`) ? given.slice(0, -inPart.length - 1) : given;
  base.pathname = `/${isSite ? [given || root, within].filter(Boolean).join("/") : ofFolder}`;
  const isMoved = !isSite && inPart !== "" && ofFolder === given;
  return { base: base.href, file: isMoved ? file : rest, isPost: part.kind === "blog" };
}

/** Why a file of a version is left out, if another version is what visitors find first. */
export function otherVersion(file: string, site: DocusaurusSite): string | undefined {
  // Who names the folder of a version wants that version.
  if (site.below !== "") return undefined;
  const { part, version } = partOf(file, site) ?? {};
  const shown = site.lastVersion ?? "current";
  if (part?.kind !== "docs" || version === undefined || version === shown) return undefined;
  return version === "current"
    ? `It is of the version that is not released; version ${shown} is read`
    : `It is of version ${version}; ${shown === "current" ? "the current one" : `version ${shown}`} is read`;
}

/** Whether the file is a document or post of the site. */
export function isOfPart(file: string, site: DocusaurusSite): boolean {
  return partOf(site.below ? `${site.below}/${file}` : file, site) !== undefined;
}

interface Found {
  part: Part;
  rest: string;
  locale?: string;
  version?: string;
}

function partOf(place: string, site: DocusaurusSite): Found | undefined {
  const [, locale, kind, id = "default", below = ""] =
    /^i18n\/([^/]+)\/docusaurus-plugin-content-(docs|blog|pages)(?:-([^/]+))?\/(.*)$/.exec(place) ??
    [];
  if (locale && kind) {
    const part = site.parts.find((each) => each.kind === kind && each.id === id);
    const [, version, rest] = /^(?:version-)?([^/]+)\/(.*)$/.exec(below) ?? [];
    if (!part) return undefined;
    return kind === "docs" && version
      ? { part, rest: rest ?? "", locale, version }
      : { part, rest: below, locale };
  }
  const [, instance = "default", version, rest] =
    /^(?:([^/]+)_)?versioned_docs\/version-([^/]+)\/(.*)$/.exec(place) ?? [];
  if (version !== undefined) {
    const part = site.parts.find((each) => each.kind === "docs" && each.id === instance);
    return part && { part, rest: rest ?? "", version };
  }
  const part = site.parts
    .filter(({ folder }) => place.startsWith(`${folder}/`))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0];
  return (
    part && {
      part,
      rest: place.slice(part.folder.length + 1),
      ...(part.kind === "docs" && { version: "current" }),
    }
  );
}

/** Docusaurus shows `2026-03-02-spring.md` of a blog at `2026/03/02/spring`. */
export function postOf(file: string): string {
  return file.replace(/(^|\/)(\d{4})-(\d\d)-(\d\d)-([^/]+)/, "$1$2/$3/$4/$5");
}

function withoutComments(source: string): string {
  return source.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\//g,
    (_, text: string | undefined) => text ?? " ",
  );
}

/** The value of the first field of this name, if it is a plain text. */
function stringOf(source: string, name: string): string | undefined {
  return new RegExp(`(?:^|[{,\\s])['"]?${name}['"]?\\s*:\\s*(['"\`])([^'"\`$\\n]*)\\1`).exec(
    source,
  )?.[2];
}

function objectAfter(source: string, pattern: RegExp): string | undefined {
  const found = pattern.exec(source);
  return found ? braced(source, found.index + found[0].length) : undefined;
}

/** The text from a brace to the one that closes it, without the objects within. */
function braced(source: string, start: number): string {
  let depth = 0;
  let text = "";
  for (let at = start; at < source.length; at++) {
    const character = source.charAt(at);
    if (/[{[(]/.test(character)) depth += 1;
    if (depth === 1) text += character;
    if (/[}\])]/.test(character)) depth -= 1;
    if (depth === 0) break;
  }
  return text;
}

function trimmed(route: string): string {
  return route.replace(/^[./]+|\/+$/g, "");
}
