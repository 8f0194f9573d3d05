import { existsSync, readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import path from "node:path";

export interface Served extends AsyncDisposable {
  origin: string;
}

type Pages = Record<string, { file?: string; status?: number; headers?: Record<string, string> }>;

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".htm": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/** Serves the pages of a fixture as its `site.json` says (test/knowledge/fidelity/README.md). */
export async function serveCase(folder: string): Promise<Served> {
  const pages = JSON.parse(await readFile(path.join(folder, "site.json"), "utf8")) as Pages;
  const served = await serve((request, response) => {
    const withOrigin = (text: string): string => text.replaceAll("{origin}", served.origin);
    const page = pages[request.url ?? ""];
    for (const [name, value] of Object.entries(page?.headers ?? {}))
      response.setHeader(name, withOrigin(value));
    response.statusCode = page ? (page.status ?? 200) : 404;
    // Byte for byte, since a page may be in another encoding than UTF-8.
    const body = page?.file ? readFileSync(path.join(folder, page.file), "latin1") : "";
    response.end(Buffer.from(withOrigin(body), "latin1"));
  });
  return served;
}

/** Serves the files of a folder, without those above it. */
export function serveFolder(folder: string): Promise<Served> {
  return serve((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = path.join(folder, path.normalize(decodeURIComponent(pathname)));
    const bytes = existsSync(file) && statSync(file).isFile() ? readFileSync(file) : undefined;
    if (bytes) response.setHeader("content-type", typeOf(file, bytes));
    response.statusCode = bytes ? 200 : 404;
    response.end(bytes);
  });
}

/** A page that is not UTF-8 is sent without an encoding, and the browser reads its own `<meta>` or byte order mark. */
function typeOf(file: string, bytes: Uint8Array): string {
  const type = TYPES[path.extname(file).toLowerCase()] ?? "application/octet-stream";
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
  } catch {
    return type;
  }
}

async function serve(answer: RequestListener): Promise<Served> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
