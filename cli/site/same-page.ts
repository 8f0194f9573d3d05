/** Parameters that tell a site where its visitor comes from. They change nothing of a page. */
const TRACKING =
  /^(?:utm_\w+|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_ga|_gl|_hs(?:enc|mi)|hsa_\w+|mkt_tok|vero_id|oly_(?:anon|enc)_id|trk|s_kwcid|piwik_\w+|pk_\w+|mtm_\w+|matomo_\w+)$/i;
const INDEX = /(?:^|\/)(?:index|default)\.(?:x?html?|php|aspx?)$/i;

/** The address without what does not change the page: tracking parameters and the fragment. */
export function withoutTracking(address: string): string {
  const url = new URL(address);
  url.hash = "";
  // Rewriting the parameters would encode them anew, so it is done only where one is dropped.
  const dropped = [...url.searchParams.keys()].filter((name) => TRACKING.test(name));
  for (const name of dropped) url.searchParams.delete(name);
  if (url.search === "") url.search = "";
  return url.href;
}

/** Equal for two addresses of one page: with and without `www.`, `https`, a last slash, `index.html`, tracking parameters. */
export function pageKey(address: string): string {
  const { host, pathname, search } = new URL(withoutTracking(address));
  return `${siteOf(host)}${pagePath(pathname)}${search}`;
}

export function siteOf(host: string): string {
  return host.replace(/^www\./, "");
}

/** The path without `index.html` and slashes at its ends. */
export function pagePath(pathname: string): string {
  return `/${pathname.replace(INDEX, "").replace(/^\/+|\/+$/g, "")}`;
}

/** `https://help.example.com/a/b%20c?lang=de` → `a/b-c?lang=de`. */
export function idOf(page: string): string {
  const { pathname, search } = new URL(withoutTracking(page));
  const decoded = decodePath(pagePath(pathname)).slice(1) || "index";
  return `${decoded}${search}`.normalize("NFC").replace(/\s+/g, "-");
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
