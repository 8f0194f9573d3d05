import { parseJson } from "../../src/http/json.ts";
import { runAtOnce } from "../../src/runtime/steps.ts";
import { changesOf, type AnyVendor } from "../../src/webhooks/contract/vendor.ts";
import * as registry from "../../src/webhooks/vendors/registry.ts";
import type { Target } from "./target.ts";

const VENDORS: AnyVendor[] = Object.values(registry);

export const webhook: Record<string, Target> = {
  parse: parseJson,
  vendors(input) {
    const body = JSON.parse(input) as Record<string, unknown>;
    return VENDORS.map((vendor) => attempt(() => readChanges(vendor, body)));
  },
};

/** A vendor reads a body with the fields that most of them look at beside the hostile ones. */
function readChanges(vendor: AnyVendor, body: Record<string, unknown>): unknown {
  const id = "a1";
  const given = {
    ...body,
    after: id,
    ref: "refs/heads/main",
    commits: body["data"],
    operation: "publish",
  };
  const trimmed = vendor.trimBody?.(given) ?? given;
  const delivery = {
    claim: { topic: "ContentManagement.Entry.publish" },
    body: trimmed,
    receivedAt: 0,
  };
  const source = {
    options: { types: [], title_fields: ["title"], body_fields: ["body"] },
    token: "a",
  };
  vendor.eventType(delivery);
  return runAtOnce(changesOf(vendor, delivery, source as never));
}

export const header: Record<string, Target> = {
  claims: (input) => VENDORS.map((vendor) => attempt(() => claim(vendor, input))),
};

const SIGNATURE_HEADERS =
  "x-ghost-signature gcms-signature sanity-webhook-signature x-hub-signature-256 webhook-signature webhook-id webhook-timestamp x-contentful-signature x-contentful-signed-headers x-contentful-timestamp x-kontent-ai-signature x-kc-signature x-wp-webhook-signature x-strapi-signature".split(
    " ",
  );

function claim(vendor: AnyVendor, value: string): unknown {
  const safe = value.replaceAll(/[^\x20-\x7E]/g, "");
  const headers = new Headers(SIGNATURE_HEADERS.map((name) => [name, safe]));
  const request = { method: "POST", path: "/", headers, body: new Uint8Array(16) };
  const claims = vendor.signature.claims(request);
  for (const { at, topic } of [...claims, { at: 0, topic: safe.slice(0, 1000) }]) {
    const delivery = { claim: { at, topic }, body: { _id: "a" }, receivedAt: 0 };
    attempt(() => runAtOnce(changesOf(vendor, delivery, {} as never)));
  }
  return claims;
}

/** Input that is refused has done its work: only the cost of the refusal matters. */
function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch {
    return undefined;
  }
}
