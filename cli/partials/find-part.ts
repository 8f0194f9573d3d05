import { realpath, stat } from "node:fs/promises";
import path from "node:path";

/** Folders in which generators look for parts. */
const FOLDERS = ["", "_includes", "includes", "_snippets", "snippets", "_partials", "partials"];
/** How many folders above the one that is read may be the site's own. */
const LEVELS_ABOVE = 4;
const ALIAS = /^(?:@site|@root|@|~)?\//;

/**
 * The file that a page names, as a path below the folder that is read, with `/`: beside the page, or below the site's folder, which may
 * be above the one that is read. Undefined where there is none within the folder.
 * @param from the path of the file that names it
 */
export async function findPart(
  folder: string,
  from: string,
  target: string,
): Promise<string | undefined> {
  if (/^\w+:/.test(target) || target.includes("\0")) return undefined;
  const root = path.resolve(folder);
  for (const candidate of candidatesOf(root, from, target)) {
    const file = path.relative(root, candidate).split(path.sep).join("/");
    if (file.startsWith("../") || path.isAbsolute(file) || !isShown(file)) continue;
    if (await isWithin(root, candidate)) return file;
  }
  return undefined;
}

function* candidatesOf(root: string, from: string, target: string): Generator<string> {
  const here = path.dirname(path.join(root, from));
  if (!ALIAS.test(target)) yield path.resolve(here, target);
  if (/^\.\.?\//.test(target)) return;
  const rest = target.replace(ALIAS, "");
  let above = 0;
  for (let place = here; above <= LEVELS_ABOVE; place = path.dirname(place)) {
    for (const name of FOLDERS) yield path.join(place, name, rest);
    if (place === path.dirname(place)) return;
    if (above > 0 || place === root) above += 1;
  }
}

/** Hidden files are not read; GitBook keeps its parts in a hidden folder. */
function isShown(file: string): boolean {
  return file
    .split("/")
    .every((name) => name === ".gitbook" || !(name.startsWith(".") || name === "node_modules"));
}

async function isWithin(root: string, candidate: string): Promise<boolean> {
  try {
    const [base, found] = await Promise.all([realpath(root), realpath(candidate)]);
    return found.startsWith(base + path.sep) && (await stat(found)).isFile();
  } catch {
    return false;
  }
}
