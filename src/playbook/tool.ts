import { z } from "@hono/zod-openapi";
import { inputSchema, localized, recordOf, outputSchema, ownLine, ownText } from "./fields.ts";
import { itemScope, topicsOf } from "./scope.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
/** Headers that the connection, the call or its signature sets. */
const OWN_HEADERS =
  /^(?:host|content-length|content-type|connection|transfer-encoding|keep-alive|te|trailer|upgrade|expect|cookie2?|origin|accept|accept-encoding|content-encoding|proxy-.*|user-agent|idempotency-key|edgewise-.*|cf-.*|x-forwarded-.*|forwarded)$/i;

const headerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "is no name of a header in lower case")
  .refine((name) => !OWN_HEADERS.test(name), "is set by Edgewise itself");
const headerValue = z
  .string()
  .max(500)
  .regex(/^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/, "is no value of a header");

/** Where a value is put into an address: `/orders/{order}`. */
export const PLACE = /\{([A-Za-z]\w*)\}/g;

const address = z
  .string()
  .max(1000)
  .refine((text) => urlOf(text) !== null, "is no https address without credentials and port")
  // `https:////{order}.example` is one for a URL parser, with the value in its host.
  .regex(/^https:\/\/[^/\\?#{}\s]+(?:[/?#]|$)/, "has a place for a value in its host");

/** The address with each place filled by a letter. */
export function urlOf(text: string): URL | null {
  const url = URL.parse(text.replace(PLACE, "x"));
  const isPlain =
    url?.protocol === "https:" && !url.username && !url.password && !url.port && !url.hash;
  return isPlain ? url : null;
}

export const toolSchema = z
  .strictObject({
    title: ownLine.meta({ description: "What the visitor reads while it runs: `Order status`." }),
    description: ownText.max(1000).meta({
      description: "What it does and when it is of use, for the language model that may choose it.",
    }),
    effect: z.enum(["read", "change"]).meta({
      description:
        "`read` only looks up. `change` alters something: it is proposed, and called once after the visitor has agreed.",
    }),
    method: z.enum(METHODS).default("GET"),
    url: address.meta({
      description:
        "https address of a host that the setting `tool_hosts` lists. `{name}` stands for a property of `input`; other properties go into the query of a GET or DELETE, or else into a JSON body.",
      example: "https://shop.example/orders/{order}",
    }),
    input: inputSchema.default({ type: "object", properties: {}, required: [] }).meta({
      description:
        "JSON Schema of an object of single values. Each property may have a `question` with which the visitor is asked for it, and `phrases` that hold it.",
    }),
    output: outputSchema.meta({
      description:
        "JSON Schema of the JSON object that it returns. What is not declared is dropped; what does not fit is a failure.",
    }),
    says: localized.optional().meta({
      description:
        "What is said of its result where no language model writes: `Order {order} is {status}.`, with properties of `input` and `output`.",
    }),
    when: topicsOf(),
    headers: recordOf(headerName, headerValue).default({}),
    secret_headers: z.array(headerName).max(5).default([]).meta({
      description:
        "Headers whose values are secrets, such as `authorization`. `secrets` gives them.",
    }),
    timeout_ms: z.int().min(500).max(10_000).default(5000),
    max_bytes: z.int().min(100).max(100_000).default(20_000),
    ...itemScope,
  })
  .superRefine(({ url, input, effect, method, when, says, headers, secret_headers }, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    for (const [, name = ""] of url.matchAll(PLACE))
      if (!Object.hasOwn(input.properties, name))
        issue("url", `has {${name}}, which is no property of input`);
      else if (!input.required.includes(name))
        issue("input", `needs ${name} in required: the address holds it`);
    if (effect === "change" && method === "GET") issue("method", "is GET, which changes nothing");
    if (effect === "read" && method !== "GET" && method !== "POST")
      issue("method", `is ${method}, which reads nothing`);
    if (when.topics.length > 0 && says === undefined)
      issue("says", "is needed by topics: without a language model nothing else tells the result");
    if (Object.hasOwn(headers, "authorization"))
      issue("headers", "holds authorization, which is a secret: name it in secret_headers");
    if (Object.keys(headers).some((name) => secret_headers.includes(name)))
      issue("headers", "has one that secret_headers names, too");
  })
  .meta({ id: "ToolInput" });

export type Tool = z.infer<typeof toolSchema>;

const secretHeaders = recordOf(headerName, headerValue);

/** What of a tool is kept encrypted, apart from its content. */
export const toolSecretsSchema = z
  // Not strict, and keys are not checked one by one: a message about a wrong key would repeat it, and it may be a secret.
  .looseObject({
    signing: z
      .string()
      .min(32)
      .max(200)
      .regex(/^[\x21-\x7E]+$/, "takes visible ASCII characters")
      .optional()
      .meta({
        description:
          "Secret that signs its calls (HS256). Where none is given, the first PUT makes one and returns it once.",
      }),
    headers: z
      .unknown()
      .refine((given) => given === undefined || secretHeaders.safeParse(given).success, {
        message: "is no object of names in lower case and their values",
      })
      .transform((given) => given as Record<string, string> | undefined)
      .optional()
      .meta({ description: "Values of `secret_headers`." }),
  })
  .refine((given) => Object.keys(given).every((key) => key === "signing" || key === "headers"), {
    message: "takes signing and headers only",
  })
  .meta({ id: "ToolSecrets", description: "Stored encrypted, and never returned." });
export type ToolSecretsInput = z.infer<typeof toolSecretsSchema>;

/** The host that a tool calls. */
export function hostOfTool({ url }: Pick<Tool, "url">): string {
  return urlOf(url)?.hostname ?? "";
}
