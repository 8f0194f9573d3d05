import { z } from "@hono/zod-openapi";
import { metadataSchema } from "../../http/metadata.ts";
import { pageQuery } from "../../http/paging.ts";
import { Problem } from "../../http/problem.ts";
import { fileContentTypes } from "../formats/file-types.ts";
import { MAX_DOCUMENT_BYTES } from "../formats/limits.ts";
import { supportedContentType, supportedContentTypes } from "../formats/normalise.ts";
import { utf8Length } from "../../text/utf8-length.ts";
import { withoutInvisible } from "../../text/invisible-characters.ts";
import { leftOutReasons } from "../formats/html/left-out.ts";
import { checkValidity, validFrom, validUntil } from "./validity.ts";
import { warningKinds } from "../formats/warnings.ts";

export const MAX_EXTERNAL_ID_BYTES = 256;

/** A time may have any number of decimals; 64 characters keep it well below what a value of D1 may hold. */
const sourceTimestamp = z.iso.datetime({ offset: true }).max(64).meta({
  description: "When the source last changed the document. Out-of-order updates are ignored.",
});

/** One line of text, without invisible and control characters, because titles are part of prompts, citations and logs. */
export function cleanLine(text: string): string {
  return withoutInvisible(text.toWellFormed())
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

const MAX_TITLE = 500;
/**
 * Audience names are compared character by character with those of a JWT or a search. Control and format characters are removed,
 * except the zero-width joiner and non-joiner, which some scripts need.
 */
const audienceName = z
  .string()
  .overwrite((name) => name.replace(/(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").trim())
  .min(1)
  .max(64);
export const audience = z.array(audienceName).max(20).default([]);

export const documentBody = z
  .strictObject({
    title: z.string().overwrite(cleanLine).min(1).max(MAX_TITLE),
    content: z.string(),
    content_type: z.string().default("text/markdown").meta({ example: supportedContentTypes[0] }),
    url: z
      .url({ protocol: /^https?$/, normalize: true })
      .max(2000)
      .refine(hasNoCredentials, "must not contain a user name or password")
      .optional(),
    audience,
    language: z
      .string()
      .max(35)
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "is not a BCP 47 language tag")
      .optional(),
    metadata: metadataSchema.default({}),
    updated_at: sourceTimestamp.optional(),
    valid_from: validFrom.optional(),
    valid_until: validUntil.optional(),
  })
  .meta({ id: "DocumentInput" });

/** Credentials in an address would be shown to every reader of a citation. */
export function hasNoCredentials(url: string): boolean {
  const { username, password } = URL.parse(url) ?? { username: "", password: "" };
  return username === "" && password === "";
}

/** Makes a source's title valid; empty when it has no visible character. */
export function acceptableTitle(title: string): string {
  return cleanLine(cleanLine(title).slice(0, MAX_TITLE));
}

const documentStatus = z.enum(["pending", "live", "failed", "deleted"]);

export const documentSummary = z
  .object({
    external_id: z.string(),
    title: z.string(),
    url: z.string().nullable(),
    content_type: z.string(),
    language: z.string().nullable(),
    audience: z.array(z.string()),
    metadata: z.record(z.string(), z.unknown()),
    valid_from: z.string().nullable().meta({
      description: "As it was sent; null: from the beginning",
    }),
    valid_until: z.string().nullable().meta({
      description: "As it was sent; null: without an end",
    }),
    status: documentStatus,
    version: z.int(),
    /** The version that is served; 0 while none is. */
    live_version: z.int(),
    vectors: z.enum(["pending", "visible"]).nullable().meta({
      description:
        "Whether search finds the served version by meaning, too. A version is `live` as soon as search finds its words. Null while no version is served, or where the embedding of the served version has failed.",
    }),
    error: z.string().nullable().meta({
      description:
        "Why the newest version failed. Of a live document: why it could not be read anew by a newer version of the reader; its text is served as it was read before.",
    }),
    hidden: z.object({ reason: z.string(), until: z.string() }).nullable().meta({
      description:
        "Not null while nobody is shown the document, because its source took it down and this could not be checked",
    }),
    warnings: z
      .array(
        z.object({
          kind: z.enum(warningKinds),
          excerpt: z.string(),
          reason: z.enum(leftOutReasons).optional(),
          blocks: z.int().optional(),
          words: z.int().optional(),
          message: z.string().optional(),
          usual: z.literal(true).optional(),
        }),
      )
      .meta({
        description:
          "Passages that read like instructions to a model, text that is hidden, and parts of a page that were not read (left_out, with the " +
          "reason, the number of blocks and words, and both as a message), and tables of a PDF whose columns were lost. They block nothing. `usual` parts, such as a menu and a footer of " +
          "a few words, are shown with the document, and left out of lists of documents.",
      }),
    chunks: z.int(),
    /** Chunks that the last run embedded; the text of the others was unchanged. */
    embedded_chunks: z.int(),
    source_updated_at: z.string().nullable(),
    /** When this version reached each stage, and what delays it. */
    stages: z.object({
      accepted_at: z.string().optional(),
      normalised_at: z.string().optional(),
      /** From here on the keyword leg finds this version, and no longer the version before. */
      keywords_at: z.string().optional(),
      /** Vectorize has accepted all vectors of the version; it shows them some seconds later. */
      vectors_at: z.string().optional(),
      visible_at: z.string().optional(),
      failed_at: z.string().optional(),
      delayed_by: z.string().optional(),
    }),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: "Document" });

export const progress = z
  .object({
    pending_documents: z.int().meta({
      description:
        "Documents whose newest version is not live yet, or whose vectors are not visible yet",
    }),
    chunks_done: z.int().meta({ description: "Chunks with a vector" }),
    chunks_total: z.int().meta({
      description: "All chunks. Those of documents that are not read yet are estimated.",
    }),
    seconds_left: z.int().nullable().meta({ description: "Null while it is unknown" }),
    outdated_documents: z.int().meta({
      description:
        "Served documents that an older version of the reader has read. They are read anew from their stored source, after all uploads; until then their text is served as it was read.",
    }),
  })
  .meta({ id: "IngestionProgress" });

export const acceptedDocument = z
  .object({
    external_id: z.string(),
    version: z.int(),
    status: documentStatus,
    unchanged: z.boolean(),
    stale: z.boolean(),
  })
  .meta({ id: "AcceptedDocument" });

/** A line of an import. */
export const importLine = documentBody.extend({ external_id: z.string() });

export const importResult = z
  .object({
    accepted: z.int(),
    created: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    stale: z.int(),
    failed: z.int(),
    /** The first hundred errors. */
    errors: z.array(z.object({ line: z.int(), code: z.string(), detail: z.string() })),
    complete: z.boolean().meta({
      description:
        "False when lines were left unread: a request has a budget, and a day its quotas.",
    }),
    resume_at_line: z.int().optional().meta({
      description:
        "Only where `complete` is false: the first line that was left unread. All lines before it are dealt with. To go on, send the lines from this one. If `errors` names this line, the day's quota is used up, and a request can go on when the quota begins anew.",
    }),
  })
  .meta({ id: "ImportResult" });
export type ImportResult = z.infer<typeof importResult>;

export const deleteQuery = z.object({ updated_at: sourceTimestamp.optional() });

export const getQuery = z.object({
  include: z.enum(["markdown"]).optional().meta({
    description:
      "`markdown`: the answer has the text of the served version as it was read, for files, too",
  }),
});

/** A document with its source. */
export const documentWithContent = documentSummary.extend({
  content: z.string().meta({
    description:
      "What was sent of the newest version (`version`). Of a file, the name of its bytes.",
  }),
  markdown: z.string().nullable().optional().meta({
    description:
      "Only with `include=markdown`: the text of `live_version`, of which search, answers and citations are made. It is older than `content` while `version` is pending or has failed. Null while no version is served, or the document is hidden.",
  }),
});

/** Strict, so that `include`, which only one document takes, is refused rather than ignored. */
export const listQuery = z.strictObject({
  ...pageQuery.shape,
  status: documentStatus.optional(),
});

/** Allows letters, digits, punctuation and symbols of any script. Others could not stand in a path or in a log line. */
export function checkExternalId(id: string): string {
  const allowed = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(id) && id !== "." && id !== "..";
  if (!allowed || utf8Length(id) > MAX_EXTERNAL_ID_BYTES || id.includes("\uFFFD")) {
    throw new Problem(
      "invalid_external_id",
      `Use 1 to ${MAX_EXTERNAL_ID_BYTES} bytes of letters, digits, punctuation and symbols, without white space.`,
    );
  }
  return id;
}

/** Checks what a schema cannot name: limits that have a status of their own, and fields that have to fit together. */
export function checkDocument(body: z.infer<typeof documentBody>): z.infer<typeof documentBody> {
  const contentType = supportedContentType(body.content_type);
  if (!contentType) {
    throw new Problem(
      "unsupported_content_type",
      `As JSON: ${supportedContentTypes.join(", ")}. As the body itself: ${fileContentTypes.join(", ")}.`,
    );
  }
  if (utf8Length(body.content) > MAX_DOCUMENT_BYTES) {
    throw new Problem(
      "document_too_large",
      `At most ${MAX_DOCUMENT_BYTES} bytes of text are accepted.`,
    );
  }
  if (!body.content.trim()) {
    throw new Problem("validation_failed", "content: The document contains no text.", {
      errors: [{ path: "content", message: "The document contains no text." }],
    });
  }
  checkValidity(body);
  return { ...body, content_type: contentType };
}
