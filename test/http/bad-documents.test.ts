import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { addKey, call, createWorkspace, type Workspace } from "../support/workspace.ts";
import { SILENT } from "../support/pipeline.ts";
import { countRows, expectProblem } from "../support/expect-problem.ts";

const DOCUMENT = { title: "Pump", content: "Rinse the pump." };
const MIB = 1024 * 1024;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace();
});

/** Runs requests that must be refused, and then finds every table as it was. */
async function storingNothing(run: () => Promise<void>): Promise<void> {
  const before = await countRows();
  expect(before).toHaveProperty("documents");
  await run();
  expect(await countRows()).toEqual(before);
}

const put = (body: unknown, path = "/v1/documents/pump", headers = {}): Promise<Response> =>
  call(workspace.secret, "PUT", path, body, { headers, overrides: SILENT });

const REFUSED: [what: string, body: unknown, status: number, code: string][] = [
  ["nothing", "", 400, "malformed_json"],
  ["half an object", '{"title":"Pump"', 400, "malformed_json"],
  ["single quotes", "{'title':'Pump'}", 400, "malformed_json"],
  ["two objects", '{"title":"a","content":"b"}{"title":"a","content":"b"}', 400, "malformed_json"],
  [
    "bytes that are not UTF-8",
    new Uint8Array([...bytes('{"title":"'), 0xc3, 0x28, ...bytes('","content":"x"}')]),
    400,
    "invalid_utf8",
  ],
  [
    "UTF-16",
    new Uint8Array([
      0xff,
      0xfe,
      ...Array.from(JSON.stringify(DOCUMENT)).flatMap((letter) => [letter.charCodeAt(0), 0]),
    ]),
    400,
    "invalid_utf8",
  ],
  [
    "a surrogate written as UTF-8",
    new Uint8Array([...bytes('{"title":"'), 0xed, 0xa0, 0x80, ...bytes('","content":"x"}')]),
    400,
    "invalid_utf8",
  ],
  [
    "an overlong slash",
    new Uint8Array([...bytes('{"title":"'), 0xc0, 0xaf, ...bytes('","content":"x"}')]),
    400,
    "invalid_utf8",
  ],
  ["null", "null", 422, "validation_failed"],
  ["a list", [DOCUMENT], 422, "validation_failed"],
  ["a number", "1", 422, "validation_failed"],
  ["no title", { content: "x" }, 422, "validation_failed"],
  ["a title of white space", { ...DOCUMENT, title: " \u00a0\n" }, 422, "validation_failed"],
  ["a title of 501 characters", { ...DOCUMENT, title: "x".repeat(501) }, 422, "validation_failed"],
  ["no content", { title: "x" }, 422, "validation_failed"],
  ["content of white space", { ...DOCUMENT, content: " \n\t\u3000" }, 422, "validation_failed"],
  ["content that is an object", { ...DOCUMENT, content: {} }, 422, "validation_failed"],
  ["an unknown field", { ...DOCUMENT, contentType: "text/html" }, 422, "validation_failed"],
  ["the id in the body", { ...DOCUMENT, external_id: "pump" }, 422, "validation_failed"],
  ["a prototype", '{"title":"a","content":"b","__proto__":{"x":1}}', 422, "validation_failed"],
  ["a script as address", { ...DOCUMENT, url: "javascript:alert(1)" }, 422, "validation_failed"],
  ["a path as address", { ...DOCUMENT, url: "/pump" }, 422, "validation_failed"],
  ["a date alone", { ...DOCUMENT, updated_at: "2026-10-01" }, 422, "validation_failed"],
  [
    "a time without zone",
    { ...DOCUMENT, updated_at: "2026-10-01T10:00:00" },
    422,
    "validation_failed",
  ],
  [
    "the 30th of February",
    { ...DOCUMENT, updated_at: "2026-02-30T10:00:00Z" },
    422,
    "validation_failed",
  ],
  ["a text as audience", { ...DOCUMENT, audience: "staff" }, 422, "validation_failed"],
  ["nobody as audience", { ...DOCUMENT, audience: [""] }, 422, "validation_failed"],
  ["null as audience", { ...DOCUMENT, audience: null }, 422, "validation_failed"],
  ["21 audiences", { ...DOCUMENT, audience: Array(21).fill("a") }, 422, "validation_failed"],
  ["a sentence as language", { ...DOCUMENT, language: "in English" }, 422, "validation_failed"],
  ["a list as metadata", { ...DOCUMENT, metadata: [] }, 422, "validation_failed"],
  ["large metadata", { ...DOCUMENT, metadata: { a: "x".repeat(8200) } }, 422, "validation_failed"],
  [
    "metadata deeper than SQLite reads",
    `{"title":"a","content":"b","metadata":{"a":${nested(1500)}}}`,
    422,
    "validation_failed",
  ],
  [
    "metadata nested 100,000 deep",
    `{"title":"a","content":"b","metadata":{"a":${nested(100_000)}}}`,
    422,
    "validation_failed",
  ],
  ["a picture", { ...DOCUMENT, content_type: "image/png" }, 415, "unsupported_content_type"],
  ["no content type", { ...DOCUMENT, content_type: "" }, 415, "unsupported_content_type"],
  // Names that every JavaScript object answers to.
  ...["constructor", "toString", "__proto__", "hasOwnProperty; charset=utf-8"].map(
    (content_type): [string, unknown, number, string] => [
      content_type,
      { ...DOCUMENT, content_type },
      415,
      "unsupported_content_type",
    ],
  ),
  [
    "text of 1 MiB and a byte",
    { ...DOCUMENT, content: "x".repeat(MIB + 1) },
    413,
    "document_too_large",
  ],
  // Fewer characters than the limit, more bytes.
  [
    "600,000 accented letters",
    { ...DOCUMENT, content: "é".repeat(600_000) },
    413,
    "document_too_large",
  ],
  [
    "a body of more than 4 MiB",
    { ...DOCUMENT, content: "x".repeat(4 * MIB) },
    413,
    "body_too_large",
  ],
];

describe("an invalid document", () => {
  it("an invalid document is refused with a problem, and nothing is stored", async () => {
    await storingNothing(async () => {
      for (const [what, body, status, code] of REFUSED) {
        await expectProblem(await put(body), status, code).catch((error: unknown) => {
          throw new Error(`${what}: ${String(error)}`);
        });
      }
    });
  });

  it("the refusal of a document names the fields that are wrong", async () => {
    const response = await put({ title: "", content: 5, extra: 1 });
    const { errors } = await response.json<{ errors: { path: string; message: string }[] }>();
    expect(errors.map(({ path }) => path).toSorted()).toEqual(["", "content", "title"]);
    expect(errors.find(({ path }) => path === "")?.message).toContain("extra");
  });

  it("a document is refused under any media type other than JSON", async () => {
    await storingNothing(async () => {
      const types = [
        "text/plain",
        "text/json",
        "application/jsonp",
        "multipart/form-data",
        "application/json-seq",
        "",
      ];
      for (const type of types) {
        const response = await put(DOCUMENT, undefined, { "content-type": type });
        await expectProblem(response, 415, "unsupported_media_type");
      }
    });
    expect(
      (await put(DOCUMENT, undefined, { "content-type": "Application/JSON; charset=UTF-8" }))
        .status,
    ).toBe(202);
  });

  it("a document's body is read no further than the limit, whatever its content-length says", async () => {
    await storingNothing(async () => {
      for (const length of [undefined, "10"]) {
        let read = 0;
        const endless = new ReadableStream<Uint8Array>({
          pull(controller) {
            read += 65_536;
            if (read > 64 * MIB) controller.error(new Error("Read to the end"));
            else controller.enqueue(new Uint8Array(65_536).fill(0x20));
          },
        });
        const headers = new Headers({
          authorization: `Bearer ${workspace.secret}`,
          "content-type": "application/json",
        });
        if (length) headers.set("content-length", length);
        const request = new Request("https://edgewise.test/v1/documents/pump", {
          method: "PUT",
          headers,
          body: endless,
        });
        const response = await createApp().fetch(request, { ...env, ...SILENT }, {
          waitUntil: () => {},
          passThroughOnException: () => {},
          props: {},
        } as unknown as ExecutionContext);
        await expectProblem(response, 413, "body_too_large");
        expect(read).toBeLessThan(6 * MIB);
      }
    });
  });
});

it("a document may hold 1 MiB of text, however much of it JSON has to escape", async () => {
  const other = await createWorkspace();
  const send = (content: string): Promise<Response> =>
    call(
      other.secret,
      "PUT",
      "/v1/documents/full",
      { title: "Full", content },
      { overrides: SILENT },
    );
  for (const content of [
    "x".repeat(MIB),
    "é".repeat(MIB / 2),
    '"'.repeat(MIB),
    "\n".repeat(MIB - 1) + "x",
  ]) {
    expect((await send(content)).status).toBe(202);
    const stored = await call(other.secret, "GET", "/v1/documents/full");
    expect((await stored.json<{ content: string }>()).content === content).toBe(true);
  }
});

describe("an external id", () => {
  const INVALID = [
    "%20",
    "a%20b",
    "a%09b",
    "a%0Ab",
    "%00",
    "a%00b",
    "%E2%80%8B", // a zero-width space
    "a%E2%80%AEb", // right-to-left override
    "%EF%BF%BD", // what a decoder puts in place of what it cannot read
    "%FF", // not UTF-8
    "caf%E9", // Latin-1
    "%C0%AF", // an overlong slash
    "%ED%A0%80", // half of a surrogate pair
    "a%",
    "a%2",
    "a%zz",
    "x".repeat(257),
    encodeURIComponent("é".repeat(129)),
  ];

  it("an external id that could be confused with another one is refused in PUT, GET and DELETE", async () => {
    await storingNothing(async () => {
      for (const id of INVALID) {
        for (const method of ["PUT", "GET", "DELETE"]) {
          const body = method === "PUT" ? DOCUMENT : undefined;
          const response = await call(workspace.secret, method, `/v1/documents/${id}`, body, {
            overrides: SILENT,
          });
          await expectProblem(response, 422, "invalid_external_id").catch((error: unknown) => {
            throw new Error(`${method} ${id.slice(0, 40)}: ${String(error)}`);
          });
        }
      }
    });
  });

  it("an external id of any script and with any punctuation comes back as it was given", async () => {
    const ids = [
      "a",
      "shipping/where-we-deliver.md",
      "a/../b",
      "100%",
      "%FF",
      "%2F",
      "a+b",
      "a?b#c",
      "a;b=c&d",
      "'\"\\",
      "<b>",
      "日本語",
      "مرحبا",
      "🌱",
      "cafe\u0301",
      "x".repeat(256),
      "__proto__",
    ];
    const other = await createWorkspace();
    for (const id of ids) {
      const path = `/v1/documents/${encodeURIComponent(id)}`;
      const response = await call(
        other.secret,
        "PUT",
        path,
        { title: id, content: id },
        { overrides: SILENT },
      );
      expect(await response.json()).toMatchObject({ external_id: id, version: 1 });
      const read = await call(other.secret, "GET", path);
      expect(await read.json()).toMatchObject({ external_id: id, content: id });
    }
    const list = await call(other.secret, "GET", "/v1/documents?limit=200");
    const { documents } = await list.json<{ documents: { external_id: string }[] }>();
    expect(documents.map(({ external_id }) => external_id).toSorted()).toEqual(ids.toSorted());
    for (const id of ids) {
      const path = `/v1/documents/${encodeURIComponent(id)}`;
      expect(
        (await call(other.secret, "DELETE", path, undefined, { overrides: SILENT })).status,
      ).toBe(200);
      expect((await call(other.secret, "GET", path)).status).toBe(404);
    }
  });
});

describe("a key without the scope documents", () => {
  const ROUTES: [method: string, path: string, body?: unknown][] = [
    ["PUT", "/v1/documents/pump", DOCUMENT],
    ["GET", "/v1/documents/pump"],
    ["DELETE", "/v1/documents/pump"],
    ["GET", "/v1/documents"],
    ["POST", "/v1/search", { query: "pump" }],
  ];

  it("a key without the scope documents is refused on every route of documents and search, whatever it sends", async () => {
    const own = await createWorkspace({ pump: DOCUMENT });
    const id = own.id.slice(3);
    await addKey(own, `sk_chat${id}`, "secret", ["chat", "insight", "admin"]);
    await addKey(own, `pk_all${id}`, "publishable", ["chat", "documents"]);
    await addKey(own, `sk_old${id}`, "secret", ["documents"]);
    await env.DB.prepare(
      `UPDATE api_keys SET revoked_at = 1 WHERE id = (SELECT id FROM api_keys ORDER BY rowid DESC LIMIT 1)`,
    ).run();
    const bearers: [authorization: string, status: number, code: string][] = [
      ["", 401, "unauthorized"],
      ["Bearer", 401, "unauthorized"],
      ["Bearer  ", 401, "unauthorized"],
      [own.secret, 401, "unauthorized"],
      [`bearer${own.secret}`, 401, "unauthorized"],
      [`Basic ${btoa(`${own.secret}:`)}`, 401, "unauthorized"],
      [`Bearer ${own.secret}x`, 401, "unauthorized"],
      [`Bearer ${own.secret.slice(0, -1)}`, 401, "unauthorized"],
      [`Bearer ${own.secret} ${own.secret}`, 401, "unauthorized"],
      [`Bearer sk_${"x".repeat(100_000)}`, 401, "unauthorized"],
      ["Bearer sk_' OR '1'='1", 401, "unauthorized"],
      [`Bearer sk_old${id}`, 401, "unauthorized"],
      [`Bearer sk_chat${id}`, 403, "forbidden"],
      [`Bearer ${own.publishable}`, 403, "forbidden"],
      [`Bearer pk_all${id}`, 403, "forbidden"],
    ];
    await storingNothing(async () => {
      for (const [authorization, status, code] of bearers) {
        for (const [method, path, body] of ROUTES) {
          const options = { headers: { authorization }, overrides: SILENT };
          const response = await call("", method, path, body, options);
          if (status === 401) expect(response.headers.get("www-authenticate")).toBe("Bearer");
          await expectProblem(response, status, code).catch((error: unknown) => {
            throw new Error(`${authorization.slice(0, 30)} ${method} ${path}: ${String(error)}`);
          });
        }
        // A caller who may not write is not told what is wrong with the body.
        const malformed = await call("", "PUT", "/v1/documents/%FF", "{", {
          headers: { authorization },
        });
        await expectProblem(malformed, status, code);
      }
    });
  });
});
