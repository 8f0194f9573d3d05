import { signatureSchemes } from "../../src/webhooks/contract/signature-schemes.ts";

/** The public sets, where the checkout lies beside them. */
const files = import.meta.glob<string>("../../../shared/data/webhooks/**/*", {
  query: "?raw",
  import: "default",
  eager: true,
});
const FOLDER = "../../../shared/data/webhooks/";

export const hasPublicSets = Object.keys(files).length > 0;

export interface Vector {
  scheme: keyof typeof signatureSchemes;
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
