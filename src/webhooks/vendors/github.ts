import { z } from "zod";
import { refuseCostlyMarkdown } from "../../knowledge/formats/markdown/markdown-limits.ts";
import { parseMarkdown } from "../../knowledge/formats/markdown/markdown-tree.ts";
import { readableText } from "../../knowledge/formats/readable-text.ts";
import { bearer } from "../contract/delivery-api.ts";
import { fillTemplate, pageOptions, readValidity } from "../contract/entry.ts";
import {
  fieldAt,
  objectAt,
  objectsAt,
  stringAt,
  timeAt,
  toIsoTime,
  type Json,
} from "../contract/json.ts";
import { hmac, signedBody } from "../contract/signatures.ts";
import {
  CannotApply,
  defineVendor,
  found,
  ignore,
  notFound,
  type Change,
  type Reference,
  type Source,
  type SourceDocument,
} from "../contract/vendor.ts";

const options = z.strictObject({
  ...pageOptions,
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
export const github = defineVendor({
  type: "github",
  // docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries. `X-Hub-Signature` (SHA-1) is not accepted.
  signature: signedBody(
    (headers) => [/^sha256=(.+)$/.exec(headers.get("x-hub-signature-256") ?? "")?.[1]],
    hmac("SHA-256", "hex"),
  ),
  options,
  token: "optional",
  trimBody,
  eventType: ({ body }) => eventOf(body),

  readChanges({ body }, source) {
    const event = eventOf(body);
    if (event === "ping") return ignore("The webhook is set up.");
    if (event !== "push") return ignore(`${event ?? "The event"} changes no file.`);
    const branch = source.options.branch ?? stringAt(body, "repository.default_branch") ?? "";
    const commit = stringAt(body, "after") ?? "";
    const reason = whyIgnored(body, source.options, branch, commit);
    if (reason) return ignore(reason);
    const isPrivate = fieldAt(body, "repository.private") === true;
    if (isPrivate && source.token === undefined) {
      throw new CannotApply(
        "The repository is private: give the source a token that may read its contents.",
      );
    }
    const at = pushedAt(body);
    if (at === undefined) throw new CannotApply("The push does not say when it was made.");
    const reference: Reference = isPrivate ? { commit, branch } : { commit, branch, link: "yes" };
    if (!listsItsFiles(body)) return { action: "resync", at, reference };
    const changes = Array.from(
      touchedFiles(body, source.options.folder),
      ([path, action]): Change => {
        // In a merge the last commit that lists a file need not be the one that won, so a removal is checked as well.
        return { action, entry: path, at, reference: { ...reference, path } };
      },
    );
    return changes.length > 0 ? changes : ignore("It touches no Markdown file of the folder.");
  },

  async fetchEntry({ path = "", commit = "", branch = "", link }, source, api) {
    const { repository, url_template } = source.options;
    const bytes = await api.getBytes(fileUrl(source, path, commit), {
      headers: { ...bearer(source.token), accept: "application/vnd.github.raw+json" },
    });
    if (!bytes) return notFound("It is not in the pushed commit.");
    const text = decode(bytes);
    if (!text.trim()) return notFound("The file is empty.");
    const page = `https://github.com/${repository}/blob/${encodePath(branch)}/${encodePath(path)}`;
    const fields = { path, path_without_extension: path.replace(/\.[^./]+$/, "") };
    const url = url_template ? fillTemplate(url_template, fields) : link && page;
    return found({ ...readMarkdown(text, path), url });
  },

  async listEntries(
    { commit = "", ...reference },
    { options: { repository, folder }, token },
    api,
  ) {
    const url = `${API}/repos/${repository}/git/trees/${commit}?recursive=1`;
    const answer = await api.getJson(url, { headers: bearer(token), maxBytes: MAX_TREE_BYTES });
    if (!answer)
      throw new CannotApply(
        "The repository or the pushed commit cannot be read; check the source's token.",
      );
    if (answer["truncated"] === true) {
      throw new CannotApply(
        "The repository holds too many files to be listed. Import it with `npm run ingest`.",
      );
    }
    return objectsAt(answer, "tree")
      .filter((file) => file["type"] === "blob")
      .map((file) => stringAt(file, "path") ?? "")
      .filter((path) => isWantedFile(path, folder))
      .map((path) => ({ entry: path, reference: { ...reference, commit, path } }));
  },
});

/** Why a push changes no document of the source. */
function whyIgnored(
  body: Json,
  options: Options,
  branch: string,
  commit: string,
): string | undefined {
  const repository = stringAt(body, "repository.full_name") ?? "";
  if (repository.toLowerCase() !== options.repository.toLowerCase())
    return `It belongs to ${repository}.`;
  if (stringAt(body, "ref") !== `refs/heads/${branch}`)
    return `It is not a push to the branch ${branch}.`;
  if (body["deleted"] === true || NO_COMMIT.test(commit))
    return "The branch was deleted. Its documents stay; delete them if they should not be used.";
  return /^[0-9a-f]{40,64}$/.test(commit) ? undefined : "The push names no commit.";
}

/** What a rewritten or a new branch no longer has stands in no list of commits, and a long list is cut. */
function listsItsFiles(body: Json): boolean {
  const isComplete = objectsAt(body, "commits").length < MAX_LISTED_COMMITS;
  return isComplete && body["forced"] !== true && body["created"] !== true;
}

/** Without a token, the host that does not limit anonymous reading to sixty files an hour. Private files need the API. */
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

/** Each file with what the last commit that lists it did. A renamed file is listed as removed and as added. */
function touchedFiles(body: Json, folder: string): Map<string, "upsert" | "remove"> {
  const files = new Map<string, "upsert" | "remove">();
  for (const commit of objectsAt(body, "commits")) {
    const paths = (list: string): string[] => {
      const value = commit[list];
      return Array.isArray(value)
        ? value.filter(
            (path): path is string => typeof path === "string" && isWantedFile(path, folder),
          )
        : [];
    };
    for (const path of [...paths("added"), ...paths("modified")]) files.set(path, "upsert");
    for (const path of paths("removed")) files.set(path, "remove");
  }
  return files;
}

/** When GitHub received the push. Commits carry their authors' times, which a rebase or a force-push turns back. */
function pushedAt(body: Json): string | undefined {
  const value = fieldAt(body, "repository.pushed_at");
  return typeof value === "number" ? toIsoTime(value * 1000) : timeAt(body, "repository.pushed_at");
}

function isWantedFile(path: string, folder: string): boolean {
  if (folder && !path.startsWith(`${folder}/`)) return false;
  const hidden = path.split("/").some((part) => part.startsWith(".") || part === "node_modules");
  return !hidden && /\.(?:md|mdx|markdown)$/i.test(path);
}

/**
 * Which event it is, from what its body holds: the header `X-GitHub-Event` is not signed. No other event names a ref and the commit
 * after it, and lists commits (docs.github.com/webhooks/webhook-events-and-payloads).
 */
function eventOf(body: Json): string | undefined {
  const namesCommit = ["ref", "after"].every((name) => stringAt(body, name) !== undefined);
  if (namesCommit && Array.isArray(body["commits"])) return "push";
  return stringAt(body, "zen") === undefined ? stringAt(body, "subject") : "ping";
}

const COMMON = new Set(["repository", "sender", "organization", "installation", "enterprise"]);

/** What another event is about, for people: the first object of its body that not every event has. */
function subjectOf(body: Json): string | undefined {
  return Object.keys(body).find(
    (name) => typeof body[name] === "object" && body[name] !== null && !COMMON.has(name),
  );
}

/** A push of many commits is megabytes of people and messages. Only the paths are read. */
function trimBody(body: Json): Json {
  const { ref, after, created, deleted, forced, zen } = body;
  const { full_name, default_branch, pushed_at, private: isPrivate } = objectAt(body, "repository");
  const commits = objectsAt(body, "commits").map(({ added, modified, removed }) => {
    return { added, modified, removed };
  });
  const repository = { full_name, default_branch, pushed_at, private: isPrivate };
  if (!Array.isArray(body["commits"])) return { zen, subject: subjectOf(body), repository };
  return { ref, after, created, deleted, forced, repository, commits };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new CannotApply("The file is not UTF-8 text.");
  }
}

const VALIDITY = { valid_from_fields: ["valid_from"], valid_until_fields: ["valid_until"] };

/** The title is the front matter's, or the first heading, or the file's name. */
function readMarkdown(text: string, path: string): SourceDocument {
  const frontMatter = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text)?.[1] ?? "";
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:[ \\t]*(.+?)[ \\t]*$`, "m")
      .exec(frontMatter)?.[1]
      ?.replace(/^(["'])(.*)\1$/, "$2");
  const named = field("title");
  const heading = firstHeading(text);
  const fileName = path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/\.[^.]+$/, "")
    .replace(/[-_]+/g, " ");
  return {
    title: named || heading || fileName,
    content: text,
    content_type: "text/markdown",
    ...readValidity(
      { valid_from: field("valid_from"), valid_until: field("valid_until") },
      VALIDITY,
    ),
  };
}

/** The first heading of a file's beginning. Reading a whole file for it would hold up others. */
function firstHeading(markdown: string): string | undefined {
  refuseCostlyMarkdown(markdown);
  for (const { children } of parseMarkdown(markdown)) {
    const heading = children.find((node) => node.type === "heading");
    return heading && readableText(heading).trim();
  }
  return undefined;
}
