import { z } from "zod";

/** Cloudflare's resolver, as JSON: developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json */
const RESOLVER = "https://cloudflare-dns.com/dns-query";
const RECORD_TYPES = { A: 1, AAAA: 28 } as const;
const NO_ERROR = 0;
const NO_SUCH_NAME = 3;

const answerSchema = z.object({
  Status: z.int(),
  Answer: z.array(z.object({ type: z.int(), data: z.string() })).optional(),
});

/**
 * All addresses of a name, by DNS over HTTPS: a Worker's fetch does not say to which address it connects.
 * @throws when the resolver does not answer. A name that cannot be resolved is not called.
 */
export async function resolveName(
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  host: string,
  signal: AbortSignal,
): Promise<string[]> {
  const lookUp = async (name: keyof typeof RECORD_TYPES): Promise<string[]> => {
    const query = new URLSearchParams({ name: host, type: name });
    const response = await fetch(`${RESOLVER}?${query.toString()}`, {
      headers: { accept: "application/dns-json" },
      signal,
    });
    if (!response.ok) throw new Error(`The resolver answered ${response.status}`);
    const { Status, Answer = [] } = answerSchema.parse(await response.json());
    if (Status === NO_SUCH_NAME) return [];
    if (Status !== NO_ERROR) throw new Error(`The resolver could not look up the name: ${Status}`);
    return Answer.filter(({ type }) => type === RECORD_TYPES[name]).map(({ data }) => data);
  };
  return (await Promise.all([lookUp("A"), lookUp("AAAA")])).flat();
}
