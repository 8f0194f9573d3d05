import { z } from "zod";
import { portableTextToMarkdown } from "../../knowledge/formats/rich-text/portable-text.ts";
import { bearer } from "../contract/delivery-api.ts";
import { entryOptions, isWanted, readEntry } from "../contract/entry.ts";
import { objectsAt, stringAt } from "../contract/json.ts";
import { hmac, signedTime, timeOfSignature } from "../contract/signatures.ts";
import { CannotApply, defineVendor, found, ignore, notFound } from "../contract/vendor.ts";

const options = z.strictObject({
  project_id: z.string().regex(/^[a-z0-9-]{1,63}$/),
  dataset: z
    .string()
    .regex(/^[a-z0-9_-]{1,64}$/)
    .default("production"),
  ...entryOptions(),
});

const API_VERSION = "v2021-10-21";

/**
 * sanity.io/docs/content-lake/webhooks. What a body holds depends on the projection that the customer wrote, and the operation
 * stands in a header that is not signed, so an event only says which document to look at. Public datasets need no token.
 */
export const sanity = defineVendor({
  type: "sanity",
  // The vendor's own library checks no age: github.com/sanity-io/webhook-toolkit.
  signature: signedTime({
    header: "sanity-webhook-signature",
    unitMs: 1,
    signature: "v1",
    signed: (time, body) => [`${time}.`, body],
    sign: hmac("SHA-256", "base64url"),
  }),
  options,
  token: "optional",
  headers: ["sanity-operation", "sanity-document-id", "sanity-webhook-signature"],
  deliveryId: (headers) => headers.get("idempotency-key"),
  eventType: ({ headers }) => headers["sanity-operation"],

  readChanges({ headers, body }, { options: { types } }) {
    const id = stringAt(body, "_id") ?? headers["sanity-document-id"];
    if (id === undefined)
      return ignore("The event names no document: let the projection keep _id.");
    // Drafts and versions of releases have ids of their own, `drafts.…` and `versions.…`.
    if (/^(?:drafts|versions)\./.test(id)) return ignore("It concerns a draft.");
    const type = stringAt(body, "_type");
    if (type !== undefined && !isWanted(types, type))
      return ignore(`Documents of type ${type} are not wanted.`);
    const action = headers["sanity-operation"] === "delete" ? "remove" : "upsert";
    const at = timeOfSignature(headers["sanity-webhook-signature"]);
    return { action, entry: id, at, reference: { id } };
  },

  async fetchEntry({ id = "" }, { options: source, token }, api) {
    const { project_id, dataset } = source;
    // Not the CDN's host: that one may still show what was there before.
    const url = `https://${project_id}.api.sanity.io/${API_VERSION}/data/doc/${dataset}/${encodeURIComponent(id)}`;
    const answer = await api.getJson(url, { headers: bearer(token) });
    if (!answer)
      throw new CannotApply(
        "The project or its dataset does not exist; check the source's options.",
      );
    const [document] = objectsAt(answer, "documents");
    if (!document) {
      if (stringAt(objectsAt(answer, "omitted")[0], "reason") === "permission")
        throw new CannotApply("The source's token may not read this document.");
      return notFound("It does not exist.");
    }
    const type = stringAt(document, "_type");
    if (!isWanted(source.types, type)) return notFound(`Documents of type ${type} are not wanted.`);
    return found(readEntry(document, source, portableTextToMarkdown));
  },
});
