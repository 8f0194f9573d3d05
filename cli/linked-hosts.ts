import { counted } from "./command.ts";
import type { Document } from "./document.ts";

/** A host that fewer documents link to, of all without an address, is not taken for their own site. */
const LEAST_SHARE = 0.2;
const LEAST_DOCUMENTS = 2;

/** Addresses in Markdown and HTML. */
const ADDRESS = /\bhttps?:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi;

/**
 * Says where documents without an address seem to live, by what they link to: until an instance knows the site as the workspace's own, it
 * takes links to it out of answers (decision 0066).
 */
export function noteOnLinks(documents: Document[]): string[] {
  const known = new Set(documents.flatMap(({ url }) => URL.parse(url ?? "")?.hostname ?? []));
  const without = documents.filter(({ url }) => url === undefined);
  const counts = new Map<string, number>();
  for (const { content } of without) {
    const hosts = Array.from(content.matchAll(ADDRESS), ([, host = ""]) => host.toLowerCase());
    for (const host of new Set(hosts)) counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  const [most] = Array.from(counts)
    .filter(([host]) => !known.has(host))
    .toSorted(([, one], [, other]) => other - one);
  const least = Math.max(LEAST_DOCUMENTS, LEAST_SHARE * without.length);
  if (!most || most[1] < least) return [];
  const [host, count] = most;
  return [
    `${counted(count, "document")} without an address link to ${host}. If that is your site, --base-url or the setting link_hosts keeps these links in answers.`,
  ];
}
