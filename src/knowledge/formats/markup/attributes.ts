const TOKEN = String.raw`(?:[#.][A-Za-z_][\w:.-]*|[A-Za-z][\w-]*=(?:"[^"{}\n]*"|'[^'{}\n]*'|[^\s"'{}]+))`;
/** `{#id}`, `{: .class}`, `{ width=50% }`: attributes that kramdown, Python-Markdown, Pandoc and others read. */
const ATTRIBUTES = new RegExp(
  String.raw`\{:?[ \t]*${TOKEN}(?:[ \t]+${TOKEN}){0,20}[ \t]*\}|\{:[^{}\n]{0,200}\}`,
  "g",
);

/** `{data-zoomable}` behind the address of an image or a link. Elsewhere it is a placeholder: "Enter {first-name}". */
const BARE = new RegExp(
  String.raw`(?<=\]\([^()\n]{1,500}\))\{[ \t]*(?:${TOKEN}|[A-Za-z][\w-]*)(?:[ \t]+(?:${TOKEN}|[A-Za-z][\w-]*)){0,20}[ \t]*\}`,
  "g",
);

/** Pandoc's `[small]{.smallcaps}`. */
const SPAN = /(?<!\])\[([^[\]\n]{1,200})\]\{[.#][^{}\n]{1,200}\}/g;

export function withoutAttributes(whole: string, isAfterCode: boolean): string {
  const text = whole.replace(SPAN, "$1").replace(BARE, "");
  return text.replace(ATTRIBUTES, (found, start: number) => {
    const isKramdown = found.startsWith("{:");
    const before = start === 0 ? (isAfterCode ? "`" : "\n") : text.charAt(start - 1);
    const after = text.charAt(start + found.length);
    const isAtEnd = after === "" || after === "\n";
    return isKramdown || /[)\]`*_"\n>=+^]/.test(before) || isAtEnd ? "" : found;
  });
}
