import {
  FIVE_MINUTES_MS,
  hmac,
  readTime,
  signedTime,
  type SignatureScheme,
} from "../../src/webhooks/contract/signatures.ts";
import { standardWebhooks } from "../../src/webhooks/contract/standard-webhooks.ts";
import { vendorOf } from "../../src/webhooks/source-types.ts";

/** The public test vectors and payloads. Empty if the shared data is not beside the checkout. */
const files = import.meta.glob<string>("../../../shared/data/webhooks/**/*", {
  query: "?raw",
  import: "default",
  eager: true,
});
const FOLDER = "../../../shared/data/webhooks/";

export const hasPublicSets = Object.keys(files).length > 0;

/** The schemes of the public vectors. No vendor of ours uses Stripe's and Slack's, so they are defined here. */
export const schemes = {
  "standard-webhooks": standardWebhooks("webhook").signature,
  svix: standardWebhooks("svix").signature,
  stripe: signedTime({
    header: "stripe-signature",
    unitMs: 1000,
    signature: "v1",
    signed: (time, body) => [`${time}.`, body],
    sign: hmac("SHA-256", "hex"),
  }),
  slack: {
    claims({ headers, body }) {
      const time = headers.get("x-slack-request-timestamp");
      const at = readTime(time, 1000);
      const signature = /^v0=(.+)$/.exec(headers.get("x-slack-signature") ?? "")?.[1];
      if (at === undefined || !signature) return [];
      return [{ signed: [`v0:${time}:`, body], signatures: [signature], at }];
    },
    sign: hmac("SHA-256", "hex"),
    toleranceMs: FIVE_MINUTES_MS,
  },
  sanity: vendorOf.sanity.signature,
  github: vendorOf.github.signature,
  storyblok: vendorOf.storyblok.signature,
  "kontent.ai": vendorOf["kontent-ai"].signature,
  ghost: vendorOf.ghost.signature,
  hygraph: vendorOf.hygraph.signature,
  contentful: vendorOf.contentful.signature,
} satisfies Record<string, SignatureScheme>;

export interface Vector {
  scheme: keyof typeof schemes;
  name: string;
  secret: string;
  method?: string;
  path?: string;
  headers: Record<string, string>;
  body: string;
  now_unix_s?: number;
  now_unix_ms?: number;
  tolerance_s?: number;
  ttl_s?: number;
  expect: "valid" | "invalid";
}

export const vectors: Vector[] = (files[`${FOLDER}signature_vectors.jsonl`] ?? "")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Vector);
/** Payloads by `cms/file.json`, as text. */
export const payloads: Record<string, string> = Object.fromEntries(
  Object.entries(files)
    .filter(([path]) => path.startsWith(`${FOLDER}payloads/`))
    .map(([path, text]) => [path.slice(`${FOLDER}payloads/`.length), text]),
);
