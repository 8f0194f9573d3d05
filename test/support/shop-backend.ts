import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { jwtVerify } from "jose";

/** What the shop does wrong with its next answers. */
export interface ShopFault {
  path: string;
  kind: "slow" | "down" | "large" | "html" | "misfit" | "redirect" | "cut";
  times: number;
}

/** A call as the shop got it. */
export interface ShopCall {
  method: string;
  path: string;
  key: string | null;
  claims: Record<string, unknown> | null;
  body: unknown;
  authorization: string | null;
}

interface Shop {
  secret: string;
  orders: Record<string, object>;
  claims: Map<string, string>;
  calls: ShopCall[];
  faults: ShopFault[];
}

export interface ShopBackend {
  url: string;
  close: () => Promise<void>;
}

/**
 * A small shop: orders, their warranty, claims. Each host that it is called by (`x-shop-host`) is a shop of its own. It verifies the signature of
 * each call as its documentation tells, with a library, and makes a claim once for each `Idempotency-Key`. What stands under `/_…` is for tests.
 */
export async function startShopBackend(): Promise<ShopBackend> {
  const shops = new Map<string, Shop>();
  const shopOf = (host: string): Shop => {
    const shop = shops.get(host) ?? {
      secret: "",
      orders: {},
      claims: new Map(),
      calls: [],
      faults: [],
    };
    shops.set(host, shop);
    return shop;
  };
  const server = createServer((request, response) => {
    void serve(shopOf(String(request.headers["x-shop-host"])), request, response).catch(
      (error: unknown) => {
        response.writeHead(500).end(String(error));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("The shop has no port.");
  return { url: `http://127.0.0.1:${address.port}`, close: () => close(server) };
}

async function serve(
  shop: Shop,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let text = "";
  for await (const chunk of request) text += chunk;
  const url = new URL(request.url ?? "/", `https://${String(request.headers["x-shop-host"])}`);
  const json = (status: number, body: unknown): void =>
    void response
      .writeHead(status, { "content-type": "application/json" })
      .end(JSON.stringify(body));
  if (url.pathname === "/_setup") {
    Object.assign(shop, JSON.parse(text));
    return json(200, {});
  }
  if (url.pathname === "/_calls") return json(200, shop.calls);
  const claims = await verify(shop, request, url, text);
  shop.calls.push({
    method: request.method ?? "",
    path: url.pathname + url.search,
    key: header(request, "idempotency-key"),
    claims,
    body: text === "" ? null : JSON.parse(text),
    authorization: header(request, "authorization"),
  });
  if (!claims) return json(401, { error: "bad signature" });
  const fault = shop.faults.find((one) => url.pathname.startsWith(one.path) && one.times > 0);
  if (fault) {
    fault.times--;
    if (fault.kind === "down") return json(503, {});
    if (fault.kind === "large") return json(200, { status: "x".repeat(300_000) });
    if (fault.kind === "html") return void response.writeHead(200).end("<html>Sign in</html>");
    if (fault.kind === "misfit") return json(200, { status: "somewhere", order: 5 });
    if (fault.kind === "redirect")
      return void response.writeHead(302, { location: "https://evil.example/" }).end();
    if (fault.kind === "cut") return void request.socket.destroy();
  }
  const answer = (): void => route(shop, request, url, text, json);
  if (fault?.kind === "slow") return void setTimeout(answer, 1500);
  answer();
}

function route(
  shop: Shop,
  request: IncomingMessage,
  url: URL,
  text: string,
  json: (status: number, body: unknown) => void,
): void {
  const [, collection, id = ""] = url.pathname.split("/");
  const order =
    shop.orders[decodeURIComponent(id)] ?? shop.orders[url.searchParams.get("order") ?? ""];
  if (collection === "orders" || collection === "warranty")
    return order ? json(200, order) : json(404, { error: "no such order" });
  if (collection === "claims" && request.method === "POST") {
    const key = header(request, "idempotency-key") ?? "";
    const claim = shop.claims.get(key) ?? `C-${1000 + shop.claims.size + 1}`;
    shop.claims.set(key, claim);
    const { problem } = JSON.parse(text) as { problem: string };
    return json(201, { claim, problem });
  }
  json(404, {});
}

/** The claims of a call whose signature holds for exactly this request. */
async function verify(
  { secret }: Shop,
  request: IncomingMessage,
  url: URL,
  body: string,
): Promise<Record<string, unknown> | null> {
  try {
    const token = header(request, "edgewise-signature") ?? "";
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ["HS256"],
      issuer: "edgewise",
      audience: url.origin,
    });
    const hash = createHash("sha256").update(body).digest("hex");
    const isThis =
      payload["htm"] === request.method &&
      payload["htu"] === url.href &&
      payload["body_sha256"] === hash;
    return isThis && payload.jti === header(request, "idempotency-key") ? payload : null;
  } catch {
    return null;
  }
}

function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" ? value : null;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
