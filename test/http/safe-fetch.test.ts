import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPublicUrl, isPublicAddress, UnsafeUrl } from "../../src/http/public-address.ts";
import { resolveName } from "../../src/http/resolve-name.ts";
import { createSafeFetch, FetchFailed, type SafeFetchOptions } from "../../src/http/safe-fetch.ts";

const PUBLIC = "93.184.216.34";

interface Sent {
  url: string;
  headers: Record<string, string>;
}

/** A fetcher whose network is this function, and whose names resolve as told (to a public address unless told). */
function fetcher(
  answer: (url: string) => Response | Promise<Response>,
  names: Record<string, string[]> = {},
) {
  const sent: Sent[] = [];
  const safeFetch = createSafeFetch({
    fetch: async (url, init) => {
      sent.push({ url, headers: init.headers as Record<string, string> });
      expect(init.redirect).toBe("manual");
      return answer(url);
    },
    resolve: async (host) => names[host] ?? [PUBLIC],
  });
  return { sent, get: (url: string, options?: SafeFetchOptions) => safeFetch(url, options) };
}

const redirect = (to: string, status = 302): Response =>
  new Response(null, { status, headers: { location: to } });

describe("addresses", () => {
  it.each([
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "data:text/plain,x",
    "javascript:alert(1)",
    "//example.com/",
    "not a url",
    "",
    "https://user:secret@example.com/",
    "https://user@example.com/",
    "https://example.com:22/",
    "https://example.com:8443/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://api.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://router.home.arpa/",
    "https://intranet/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://127.0.0.1./",
    "https://%31%32%37.0.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.0.0.1/",
    "https://192.0.2.1/",
    "https://192.168.1.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:93.184.216.34]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:53aa:64c:0:0:80ff:fffe]/",
    "https://[2001:db8::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[100::1]/",
  ])("the address %s is refused", async (url) => {
    const { get, sent } = fetcher(() => new Response("inside"));
    await expect(get(url)).rejects.toThrow(UnsafeUrl);
    expect(sent).toEqual([]);
  });

  it("a private IPv4 address is refused in any radix", () => {
    const inside = fc.constantFrom(0x7f000001, 0x0a000001, 0xa9fea9fe, 0xc0a80101, 0xac100001);
    const radix = fc.constantFrom<[string, number]>(["", 10], ["0x", 16], ["0X", 16], ["0", 8]);
    fc.assert(
      fc.property(inside, fc.array(radix, { minLength: 4, maxLength: 4 }), (address, radixes) => {
        const parts = radixes.map(([prefix, base], index) => {
          const part = (address >>> (24 - index * 8)) & 0xff;
          return prefix + part.toString(base);
        });
        expect(() => checkPublicUrl(`https://${parts.join(".")}/`)).toThrow(UnsafeUrl);
      }),
    );
  });

  it("a public address is accepted", () => {
    for (const url of [
      "https://93.184.216.34/",
      "https://[2606:4700::1111]/",
      "https://a.example.com./x?y",
    ])
      expect(checkPublicUrl(url).href).toBe(URL.parse(url)?.href);
  });

  it("an IPv6 address that embeds a private IPv4 address is refused", () => {
    for (const prefix of ["::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::"])
      expect(isPublicAddress(`${prefix}10.1.2.3`)).toBe(false);
    expect(isPublicAddress("2606:4700:4700::1111")).toBe(true);
    expect(isPublicAddress("gibberish")).toBe(false);
  });
});

describe("names", () => {
  it("a name is refused if any of its addresses is private", async () => {
    const { get, sent } = fetcher(() => new Response("inside"), {
      "rebind.example.com": [PUBLIC, "10.0.0.1"],
      "six.example.com": [PUBLIC, "::1"],
      "mapped.example.com": ["::ffff:169.254.169.254"],
    });
    for (const name of ["rebind", "six", "mapped"])
      await expect(get(`https://${name}.example.com/`)).rejects.toThrow(UnsafeUrl);
    expect(sent).toEqual([]);
  });

  it("a name that does not resolve or cannot be looked up is not called", async () => {
    const { get, sent } = fetcher(() => new Response("x"), { "gone.example.com": [] });
    await expect(get("https://gone.example.com/")).rejects.toMatchObject({ transient: true });
    const broken = createSafeFetch({
      fetch: async () => new Response("x"),
      resolve: async () => {
        throw new Error("resolver down");
      },
    });
    await expect(broken("https://example.com/")).rejects.toMatchObject({ transient: true });
    expect(sent).toEqual([]);
  });

  it("names are looked up over HTTPS, as IPv4 and as IPv6", async () => {
    const asked: string[] = [];
    const answers: Record<string, object> = {
      A: {
        Status: 0,
        Answer: [
          { type: 5, data: "cdn.example.net." },
          { type: 1, data: PUBLIC },
        ],
      },
      AAAA: { Status: 0, Answer: [{ type: 28, data: "2606:4700::1" }] },
    };
    const network = async (url: string): Promise<Response> => {
      asked.push(url);
      return Response.json(answers[new URL(url).searchParams.get("type") ?? ""]);
    };
    const { signal } = new AbortController();
    expect(await resolveName(network, "a.example.com", signal)).toEqual([PUBLIC, "2606:4700::1"]);
    expect(asked.every((url) => url.startsWith("https://"))).toBe(true);
    answers["A"] = { Status: 3 };
    answers["AAAA"] = { Status: 0 };
    expect(await resolveName(network, "a.example.com", signal)).toEqual([]);
    answers["A"] = { Status: 2 };
    await expect(resolveName(network, "a.example.com", signal)).rejects.toThrow();
  });
});

describe("redirects", () => {
  it("a redirect to a public address is followed, without the token if the origin differs", async () => {
    const { get, sent } = fetcher((url) =>
      url.endsWith("/1")
        ? redirect("/2")
        : url.endsWith("/2")
          ? redirect("https://other.example.com/3", 308)
          : new Response("there"),
    );
    const headers = { authorization: "Bearer t", "x-api-key": "t", accept: "text/plain" };
    const answer = await get("https://a.example.com/1", { headers });
    expect(new TextDecoder().decode(answer.body)).toBe("there");
    expect(sent.map(({ url }) => url)).toEqual([
      "https://a.example.com/1",
      "https://a.example.com/2",
      "https://other.example.com/3",
    ]);
    expect(sent[1]?.headers).toEqual(headers);
    expect(sent[2]?.headers).toEqual({ accept: "text/plain" });
  });

  it.each([
    "http://a.example.com/",
    "https://127.0.0.1/",
    "https://[::ffff:10.0.0.1]/",
    "https://inside.example.com/",
    "https://localhost/",
    "https://a.example.com:2375/",
    "file:///etc/passwd",
  ])("a redirect to %s is refused", async (to) => {
    const { get, sent } = fetcher(() => redirect(to), { "inside.example.com": ["192.168.0.1"] });
    await expect(get("https://a.example.com/")).rejects.toThrow(UnsafeUrl);
    expect(sent).toHaveLength(1);
  });

  it("at most three redirects are followed, and none for a request with a body", async () => {
    const { get, sent } = fetcher((url) => redirect(`${url}x`));
    await expect(get("https://a.example.com/")).rejects.toMatchObject({ transient: false });
    expect(sent).toHaveLength(4);
    await expect(
      get("https://a.example.com/", { method: "POST", body: "{}" }),
    ).rejects.toMatchObject({ transient: false });
    const nowhere = fetcher(() => new Response(null, { status: 302 }));
    await expect(nowhere.get("https://a.example.com/")).rejects.toThrow(FetchFailed);
  });
});

describe("limits", () => {
  it("a response's size is counted while it is read", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1000));
      },
    });
    const { get } = fetcher(() => new Response(endless));
    await expect(get("https://a.example.com/", { maxBytes: 5000 })).rejects.toMatchObject({
      transient: false,
    });
    expect(pulled).toBeLessThan(20);
    const exact = fetcher(() => new Response(new Uint8Array(5000)));
    expect((await exact.get("https://a.example.com/", { maxBytes: 5000 })).body).toHaveLength(5000);
  });

  it("a request without a response is given up in time", async () => {
    const silent = createSafeFetch({
      fetch: (_url, init) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener("abort", () =>
            reject(new Error("https://a/?token=secret")),
          );
        }),
      resolve: async () => [PUBLIC],
    });
    const failure = silent("https://a.example.com/?token=secret", { timeoutMs: 30 });
    await expect(failure).rejects.toMatchObject({ transient: true });
    await expect(failure).rejects.toThrow(/^a\.example\.com did not answer in time\.$/);
  });

  it("a body that stalls is given up in time", async () => {
    const stalled = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
    const { get } = fetcher(() => new Response(stalled));
    await expect(get("https://a.example.com/", { timeoutMs: 30 })).rejects.toMatchObject({
      transient: true,
    });
  });

  it("an error never repeats the path, query or credentials of an address", async () => {
    const { get } = fetcher(() =>
      Promise.reject(new Error("connect https://a.example.com/?token=secret")),
    );
    await expect(get("https://a.example.com/?token=secret")).rejects.toThrow(
      /^a\.example\.com could not be reached\.$/,
    );
  });
});
