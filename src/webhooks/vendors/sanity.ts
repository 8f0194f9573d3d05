import { z } from "zod";
import { runYielding } from "../../runtime/steps.ts";
import { portableTextToMarkdown } from "../../knowledge/formats/rich-text/portable-text.ts";
import { bearer } from "../contract/delivery-api.ts";
import { entryOptions, isWanted, readEntry } from "../contract/entry.ts";
import { objectsAt, stringAt, toIsoTime } from "../contract/json.ts";
import { hmac, signedTime } from "../contract/signatures.ts";
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
 * sanity.io/docs/content-lake/webhooks. What a body holds depends on the projection that the customer wrote. Headers with the
 * operation and the document's id are not signed, so that only the projection's `_id` and `operation` count. The document is read
 * for each event, also for a deletion. Public datasets need no token.
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
  eventType: ({ body }) => stringAt(body, "operation") ?? stringAt(body, "_type"),

  readChanges({ claim, body }, { options: { types } }) {
    const id = stringAt(body, "_id");
    if (id === undefined)
      return ignore("The event names no document: let the projection keep _id.");
    // Drafts and versions of releases have ids of their own, `drafts.…` and `versions.…`.
    if (/^(?:drafts|versions)\./.test(id)) return ignore("It concerns a draft.");
    const type = stringAt(body, "_type");
    if (type !== undefined && !isWanted(types, type))
      return ignore(`Documents of type ${type} are not wanted.`);
    const action = stringAt(body, "operation") === "delete" ? "remove" : "upsert";
    const at = toIsoTime(claim.at);
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
    return found(await runYielding(readEntry(document, source, portableTextToMarkdown)));
  },
});
