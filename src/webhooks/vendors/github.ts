import { z } from "zod";
import { refuseCostlyMarkdown } from "../../knowledge/formats/markdown-limits.ts";
import { parseMarkdown } from "../../knowledge/formats/markdown-tree.ts";
import { readableText } from "../../knowledge/formats/readable-text.ts";
import {
  CannotApply,
  defineCms,
  ignore,
  type Change,
  type Delivery,
  type Json,
  type Reference,
  type Source,
  type SourceDocument,
} from "../contract/cms.ts";
import { askApi, askJsonApi, bearer } from "../contract/delivery-api.ts";
import { commonOptions, fieldAt, fillTemplate, isObject, stringAt } from "../contract/entry.ts";
import { signatureSchemes } from "../contract/signature-schemes.ts";

const options = z.strictObject({
  ...commonOptions,
  repository: z.string().regex(/^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/, "is not owner/name"),
  /** The repository's default branch unless given. */
  branch: z.string().min(1).max(255).optional(),
  /** Only files below this folder; the whole repository unless given. */
  folder: z
    .string()
    .max(500)
    .transform((path) => path.replace(/^\/+|\/+$/g, ""))
    .default(""),
});
type Options = z.infer<typeof options>;

/** A push lists at most so many commits: docs.github.com/webhooks/webhook-events-and-payloads#push */
const MAX_LISTED_COMMITS = 2048;
const NO_COMMIT = /^0+$/;
const API = "https://api.github.com";
const MAX_TREE_BYTES = 16 * 1024 * 1024;

/** Markdown files of one folder and branch of a repository, as they are at the commit that was pushed. */
export const github = defineCms<Options>({
  scheme: signatureSchemes.github,
  options,
  token: "optional",
  headers: ["x-github-event"],
  deliveryId: (headers) => headers.get("x-github-delivery"),
  keep: keepFiles,
  eventType: ({ headers }) => headers["x-github-event"] ?? "",
  normalise,

  async fetchEntry({ path = "", commit = "", branch = "", link = "" }, source, fetcher, now) {
    const { repository, url_template } = source.options;
    const bytes = await askApi(fetcher, fileUrl(source, path, commit), now, {
      headers: { ...bearer(source.token), accept: "application/vnd.github.raw+json" },
    });
    if (!bytes) return { found: false, reason: "It is not in the pushed commit." };
    const text = decode(bytes);
    if (!text.trim()) return { found: false, reason: "The file is empty." };
    const url = url_template
      ? fillTemplate(url_template, { path, path_without_extension: path.replace(/\.[^./]+$/, "") })
      : link && `https://github.com/${repository}/blob/${encodePath(branch)}/${encodePath(path)}`;
    return { found: true, document: { ...readMarkdown(text, path), url: url || undefined } };
  },

  async listEntries({ commit = "", ...reference }, { options: where, token }, fetcher, now) {
    const url = `${API}/repos/${where.repository}/git/trees/${commit}?recursive=1`;
    const answer = await askJsonApi(fetcher, url, now, {
      headers: bearer(token),
      maxBytes: MAX_TREE_BYTES,
    });
    if (!answer)
      throw new CannotApply(
        "The repository or the pushed commit cannot be read; check the source's token.",
      );
    if (answer["truncated"] === true) {
      throw new CannotApply(
        "The repository holds too many files to be listed. Import it with `npm run ingest`.",
      );
    }
    const files = Array.isArray(answer["tree"]) ? answer["tree"].filter(isObject) : [];
    return files
      .filter((file) => file["type"] === "blob")
      .map((file) => stringAt(file, "path") ?? "")
      .filter((path) => isWantedFile(path, where.folder))
      .map((path) => ({ entry: path, reference: { ...reference, commit, path } }));
  },
});

/** Without a token from where anonymous reading is not limited to sixty files an hour; the API reads private ones. */
function fileUrl(
  { options: { repository }, token }: Source<Options>,
  path: string,
  commit: string,
): string {
  return token === undefined
    ? `https://raw.githubusercontent.com/${repository}/${commit}/${encodePath(path)}`
    : `${API}/repos/${repository}/contents/${encodePath(path)}?ref=${commit}`;
}

const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

function normalise({ headers, body, receivedAt }: Delivery, source: Source<Options>): Change[] {
  const event = headers["x-github-event"] ?? "";
  if (event === "ping") return ignore("The webhook is set up.");
  if (event !== "push") return ignore(`${event || "The event"} changes no file.`);
  const { options: where, token } = source;
  const repository = stringAt(body, "repository.full_name") ?? "";
  if (repository.toLowerCase() !== where.repository.toLowerCase())
    return ignore(`It belongs to ${repository}.`);
  const branch = where.branch ?? stringAt(body, "repository.default_branch") ?? "";
  if (stringAt(body, "ref") !== `refs/heads/${branch}`)
    return ignore(`It is not a push to the branch ${branch}.`);
  const commit = stringAt(body, "after") ?? "";
  if (body["deleted"] === true || NO_COMMIT.test(commit)) {
    return ignore(
      "The branch was deleted. Its documents stay; delete them if they should not be used.",
    );
  }
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return ignore("The push names no commit.");
  const isPrivate = fieldAt(body, "repository.private") === true;
  if (isPrivate && token === undefined) {
    throw new CannotApply(
      "The repository is private: give the source a token that may read its contents.",
    );
  }
  const at = pushedAt(body) ?? new Date(receivedAt).toISOString();
  const reference: Reference = isPrivate ? { commit, branch } : { commit, branch, link: "yes" };
  // What a rewritten or a new branch no longer has stands in no list of commits.
  if (
    body["forced"] === true ||
    body["created"] === true ||
    commitsOf(body).length >= MAX_LISTED_COMMITS
  ) {
    return [{ action: "resync", at, reference }];
  }
  const changes = [...touched(body, where.folder)].map(([path, action]): Change => {
    // In a merge the last commit that lists a file need not be the one that won, so a removal is checked as well.
    return { action, entry: path, at, reference: { ...reference, path } };
  });
  return changes.length > 0 ? changes : ignore("It touches no Markdown file of the folder.");
}

/** Each file with what the last commit that lists it did. A renamed file is listed as removed and as added. */
function touched(body: Json, folder: string): Map<string, "upsert" | "delete"> {
  const files = new Map<string, "upsert" | "delete">();
  for (const commit of commitsOf(body)) {
    const paths = (list: string): string[] => {
      const value = commit[list];
      return Array.isArray(value)
        ? value.filter(
            (path): path is string => typeof path === "string" && isWantedFile(path, folder),
          )
        : [];
    };
    for (const path of [...paths("added"), ...paths("modified")]) files.set(path, "upsert");
    for (const path of paths("removed")) files.set(path, "delete");
  }
  return files;
}

function commitsOf(body: Json): Json[] {
  return Array.isArray(body["commits"]) ? body["commits"].filter(isObject) : [];
}

/** When GitHub took the push, in seconds. Commits carry their authors' times, which a rebase or a force-push turns back. */
function pushedAt(body: Json): string | undefined {
  const value = fieldAt(body, "repository.pushed_at");
  const ms =
    typeof value === "number"
      ? value * 1000
      : typeof value === "string"
        ? Date.parse(value)
        : Number.NaN;
  return Number.isFinite(ms) && Math.abs(ms) < 8e15 ? new Date(ms).toISOString() : undefined;
}

function isWantedFile(path: string, folder: string): boolean {
  if (folder && !path.startsWith(`${folder}/`)) return false;
  const hidden = path.split("/").some((part) => part.startsWith(".") || part === "node_modules");
  return !hidden && /\.(?:md|mdx|markdown)$/i.test(path);
}

/** A push of many commits is megabytes of people and messages; what is read is the paths. */
function keepFiles(body: Json): Json {
  const { ref, after, created, deleted, forced } = body;
  const {
    full_name,
    default_branch,
    pushed_at,
    private: isPrivate,
  } = isObject(body["repository"]) ? body["repository"] : {};
  return {
    ref,
    after,
    created,
    deleted,
    forced,
    repository: { full_name, default_branch, pushed_at, private: isPrivate },
    commits: commitsOf(body).map(({ added, modified, removed }) => ({ added, modified, removed })),
  };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new CannotApply("The file is not UTF-8 text.");
  }
}

/** The title is the front matter's, or the first heading, or the file's name. */
function readMarkdown(text: string, path: string): SourceDocument {
  const frontMatter = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text)?.[1] ?? "";
  const named = /^title:[ \t]*(.+?)[ \t]*$/m
    .exec(frontMatter)?.[1]
    ?.replace(/^(["'])(.*)\1$/, "$2");
  const heading = firstHeading(text);
  const fileName = path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/\.[^.]+$/, "")
    .replace(/[-_]+/g, " ");
  return {
    title: named || heading || fileName,
    content: text,
    content_type: "text/markdown",
  };
}

function firstHeading(markdown: string): string | undefined {
  refuseCostlyMarkdown(markdown);
  for (const { children } of parseMarkdown(markdown)) {
    const heading = children.find((node) => node.type === "heading");
    if (heading) return readableText(heading).trim();
  }
  return undefined;
}
