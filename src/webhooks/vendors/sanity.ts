import { z } from "zod";
import { portableTextToMarkdown } from "../../knowledge/formats/rich-text/portable-text.ts";
import {
  CannotApply,
  defineCms,
  ignore,
  type Change,
  type Delivery,
  type Source,
} from "../contract/cms.ts";
import { askJsonApi, bearer } from "../contract/delivery-api.ts";
import { entryOptions, isObject, isWanted, readEntry, stringAt } from "../contract/entry.ts";
import { signatureSchemes } from "../contract/signature-schemes.ts";

const options = z.strictObject({
  project_id: z.string().regex(/^[a-z0-9-]{1,63}$/),
  dataset: z
    .string()
    .regex(/^[a-z0-9_-]{1,64}$/)
    .default("production"),
  ...entryOptions({
    title: ["title", "name", "question"],
    body: ["body", "content", "text", "answer", "description"],
  }),
});
type Options = z.infer<typeof options>;

const API_VERSION = "v2021-10-21";

/**
 * sanity.io/docs/content-lake/webhooks. What a body holds depends on the projection that the customer wrote, and the operation
 * stands in a header that is not signed, so an event only says which document to look at. Public datasets need no token.
 */
export const sanity = defineCms<Options>({
  scheme: signatureSchemes.sanity,
  options,
  token: "optional",
  headers: ["sanity-operation", "sanity-document-id", "sanity-webhook-signature"],
  deliveryId: (headers) => headers.get("idempotency-key"),
  eventType: ({ headers }) => headers["sanity-operation"] ?? "",
  normalise,

  async fetchEntry(
    { id = "" },
    { options: { project_id, dataset, ...fields }, token },
    fetcher,
    now,
  ) {
    // Not the CDN's host: that one may still show what was there before.
    const url = `https://${project_id}.api.sanity.io/${API_VERSION}/data/doc/${dataset}/${encodeURIComponent(id)}`;
    const answer = await askJsonApi(fetcher, url, now, { headers: bearer(token) });
    if (!answer)
      throw new CannotApply(
        "The project or its dataset does not exist; check the source's options.",
      );
    const found: unknown = Array.isArray(answer["documents"]) ? answer["documents"][0] : undefined;
    if (!isObject(found)) {
      const omitted: unknown = Array.isArray(answer["omitted"]) ? answer["omitted"][0] : undefined;
      if (stringAt(omitted, "reason") === "permission") {
        throw new CannotApply("The source's token may not read this document.");
      }
      return { found: false, reason: "It does not exist." };
    }
    if (!isWanted(fields.types, stringAt(found, "_type"))) {
      return {
        found: false,
        reason: `Documents of type ${stringAt(found, "_type")} are not wanted.`,
      };
    }
    const document = readEntry(found, fields, portableTextToMarkdown);
    if (!document) return { found: false, reason: "None of the body fields holds text." };
    return { found: true, document };
  },
});

function normalise({ headers, body }: Delivery, { options: { types } }: Source<Options>): Change[] {
  const id = stringAt(body, "_id") ?? headers["sanity-document-id"];
  if (id === undefined) return ignore("The event names no document: let the projection keep _id.");
  // Drafts and versions of releases have ids of their own, `drafts.…` and `versions.…`.
  if (/^(?:drafts|versions)\./.test(id)) return ignore("It concerns a draft.");
  const type = stringAt(body, "_type");
  if (type !== undefined && !isWanted(types, type))
    return ignore(`Documents of type ${type} are not wanted.`);
  const signedAt = /(?:^|,)\s*t=(\d{1,15})/.exec(headers["sanity-webhook-signature"] ?? "")?.[1];
  const at = signedAt === undefined ? undefined : new Date(Number(signedAt)).toISOString();
  const action = headers["sanity-operation"] === "delete" ? "delete" : "upsert";
  return [{ action, entry: id, at, reference: { id } }];
}
