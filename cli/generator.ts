import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { readDocusaurus, type DocusaurusSite } from "./docusaurus.ts";

/** How a site's generator makes addresses of paths. */
export interface Generator {
  name: string;
  /** `01-start.md` → `start`. */
  dropsNumbers: boolean;
  /** What stands behind the address of a page that is not a folder's. */
  suffix: "" | "/" | ".html";
  /** Addresses are lower case with `-` for white space. */
  isLowerCase?: boolean;
  /** Files whose names begin with `_` are parts of others. */
  hasPartials?: boolean;
  site?: DocusaurusSite;
}

/** Without a known generator, numbers are dropped: those that keep them have a configuration file that is found. */
export const UNKNOWN: Generator = { name: "", dropsNumbers: true, suffix: "" };

/** The first one whose configuration file stands in the folder or above it. */
const GENERATORS: { config: RegExp; read: (config: string) => Generator }[] = [
  {
    config: /^docusaurus\.config\.[cm]?[jt]s$/,
    read: (config) => ({
      name: "Docusaurus",
      dropsNumbers: true,
      hasPartials: true,
      suffix: /\btrailingSlash\s*:\s*true\b/.test(config) ? "/" : "",
    }),
  },
  {
    config: /^mkdocs\.ya?ml$/,
    read: (config) => ({
      name: "MkDocs",
      dropsNumbers: false,
      suffix: /^use_directory_urls\s*:\s*false/m.test(config) ? ".html" : "/",
    }),
  },
  {
    config: /^hugo\.(?:toml|ya?ml|json)$|^config\.toml$/,
    read: (config) => ({
      name: "Hugo",
      dropsNumbers: false,
      isLowerCase: true,
      suffix: /^\s*uglyURLs\s*[=:]\s*true/im.test(config) ? ".html" : "/",
    }),
  },
  {
    config: /^_config\.yml$/,
    read: (config) => ({
      name: "Jekyll",
      dropsNumbers: false,
      suffix: jekyllSuffix(/^permalink\s*:\s*["']?(\S+?)["']?\s*$/m.exec(config)?.[1]),
    }),
  },
  {
    config: /^astro\.config\.[cm]?[jt]s$/,
    read: () => ({ name: "Astro", dropsNumbers: false, isLowerCase: true, suffix: "/" }),
  },
  { config: /^nuxt\.config\.[jt]s$/, read: () => ({ ...UNKNOWN, name: "Nuxt" }) },
  {
    config: /^(?:SUMMARY\.md|mint\.json|docs\.json|next\.config\.[cm]?[jt]s|book\.toml)$/,
    read: (config) => ({
      name: "",
      dropsNumbers: false,
      suffix: /^\[book\]/m.test(config) ? ".html" : "",
    }),
  },
];
/** VitePress keeps its configuration in a folder. */
const VITEPRESS = /^config\.[cm]?[jt]s$/;
const LEVELS = 4;

/** The generator of the site that the folder belongs to. */
export async function findGenerator(folder: string): Promise<Generator> {
  let place = path.resolve(folder);
  for (let level = 0; level < LEVELS; level++, place = path.dirname(place)) {
    const names = await readdir(place).catch((): string[] => []);
    const vitePress = await readdir(path.join(place, ".vitepress")).catch((): string[] => []);
    const config = vitePress.find((name) => VITEPRESS.test(name));
    if (config) return readVitePress(path.join(place, ".vitepress", config));
    for (const generator of GENERATORS) {
      const name = names.find((each) => generator.config.test(each));
      if (!name) continue;
      const config = await readFile(path.join(place, name), "utf8");
      const found = generator.read(config);
      if (found.name !== "Docusaurus") return found;
      const versions = await readFile(path.join(place, "versions.json"), "utf8").catch(() => "");
      const below = path.relative(place, path.resolve(folder)).replaceAll(path.sep, "/");
      const site = readDocusaurus(config, below, versions);
      return { ...found, site, suffix: site.trailingSlash ? "/" : "" };
    }
    // What stands above a repository belongs to something else.
    if (names.includes(".git")) break;
  }
  return UNKNOWN;
}

async function readVitePress(config: string): Promise<Generator> {
  const hasCleanUrls = /\bcleanUrls\s*:\s*true/.test(await readFile(config, "utf8"));
  return { name: "VitePress", dropsNumbers: false, suffix: hasCleanUrls ? "" : ".html" };
}

function jekyllSuffix(permalink = "date"): Generator["suffix"] {
  if (permalink === "pretty" || permalink.endsWith("/")) return "/";
  return permalink.startsWith("/") && !/\.html$|:output_ext$/.test(permalink) ? "" : ".html";
}
