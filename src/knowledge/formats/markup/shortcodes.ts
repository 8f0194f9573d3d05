import { labelOf, type Component } from "./component.ts";
import { readArguments } from "./tags.ts";

/** A tag of a template language or a shortcode: `{% hint style="info" %}`, `{{< tab "x" >}}`, `{{% /alert %}}`, `{{#tab name="x"}}`. */
export interface Shortcode extends Component {
  closes: boolean;
  start: number;
  end: number;
  /** What is between its marks. */
  inner: string;
}

const STYLES: readonly { opens: string; ends: string }[] = [
  { opens: "{{<", ends: ">}}" },
  { opens: "{{%", ends: "%}}" },
  { opens: "{{#", ends: "}}" },
  { opens: "{{/", ends: "}}" },
  { opens: "{%", ends: "%}" },
];
/** What a tag may begin with. `{% %}` and `{% 5 %}` are no tags. */
const INNER =
  /^[-~]?\s*(\/(?!\*)|end(?=[a-z_]))?\s*([#.$@]?[A-Za-z_][\w./:@-]*|\/\*|["'][^"']*["'])?/;
const ONLY_ATTRIBUTES = /^[-~]?\s*(?:[#.][\w-]+|[\w-]+=)/;

/** The shortcodes of a text, in order and without overlap. In linear time. */
export function shortcodesIn(text: string): Shortcode[] {
  const found: Shortcode[] = [];
  const nextEnd = new Map<string, number>();
  let from = 0;
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", Math.max(at + 1, from))) {
    const style = STYLES.find(({ opens }) => text.startsWith(opens, at));
    if (!style || text.charAt(at - 1) === "\\") continue;
    const innerStart = at + style.opens.length;
    let end = nextEnd.get(style.ends) ?? 0;
    if (end >= 0 && end < innerStart) end = text.indexOf(style.ends, innerStart);
    nextEnd.set(style.ends, end);
    const nested = text.indexOf(style.opens, innerStart);
    if (end < 0 || (nested >= 0 && nested < end)) continue;
    const shortcode = shortcodeOf(text.slice(innerStart, end), style.opens);
    if (!shortcode) continue;
    from = end + style.ends.length;
    found.push({ ...shortcode, start: at, end: from });
  }
  return found;
}

function shortcodeOf(inner: string, opens: string): Omit<Shortcode, "start" | "end"> | undefined {
  const none = { name: "", attributes: new Map<string, string>(), words: [], inner };
  if (ONLY_ATTRIBUTES.test(inner)) return { ...none, closes: false };
  const [whole = "", closing, name] = INNER.exec(inner) ?? [];
  if (name === undefined) return undefined;
  const isClosing = closing !== undefined || opens === "{{/";
  const rest = inner.slice(whole.length).replace(/[-~/]\s*$/, "");
  return {
    ...none,
    ...readArguments(rest),
    name: name.replace(/^["']|["']$/g, ""),
    closes: isClosing,
  };
}

/** Tags that show nothing, whatever their arguments are. */
const SILENT =
  /^(?:assign|capture|if|elsif|elseif|else|unless|case|when|for|tablerow|cycle|increment|set|import|from|block|extends|macro|ifversion|data|link|post_url|ref|relref|param|icon|octicon|gist|youtube|vimeo|toc|partial|comment|raw|highlight|codeblock|render|function|slot|component|content-ref|embed|code_block|columns?|slot|liquid|seo|feed_meta|css|js|asset|image_tag|break|continue|rtl|ltr|table|readfile|include-?file|snippet|highlight-?code|rawhtml|html)$/;

/** What a site shows for a tag, as Markdown. */
export function shownFor(shortcode: Shortcode): string {
  const { name, closes, inner } = shortcode;
  if (closes || name === "") return "";
  const escaped = /^\/\*([\s\S]*)\*\/$/.exec(inner.trim())?.[1];
  if (escaped !== undefined) return `\`{{< ${escaped.trim()} >}}\``;
  return SILENT.test(name) || /^[$#.@]/.test(name) ? "" : labelOf(shortcode);
}

/** Variables of a site or page, and what a filter was applied to. Other names in braces may be what a page is about. */
const VARIABLE =
  /^[-~]?\s*(?:[.$]|(?:site|page|include|layout|vars?|variables|props|config|book|post|collection|forloop|jekyll|theme|env|params|product|product_?names?|brand|reusables|versions?|release|frontmatter|metadata)[.[]|[\w.]+\s*\|(?!\|))/;

/** What a site shows for `{{ … }}`; undefined where it is not known to be a variable. */
export function shownForVariable(
  inner: string,
  values: ReadonlyMap<string, string>,
): string | undefined {
  const [, literal] = /^\s*["']([^"'{}]*)["']\s*(?:\|.*)?$/s.exec(inner) ?? [];
  if (literal !== undefined) return literal;
  // Zola's `{{ youtube(id="…") }}`.
  const [, given] = /^\s*[a-z_]\w*\(([^(){}]*)\)\s*$/i.exec(inner) ?? [];
  if (given !== undefined)
    return /\b(?:title|caption|text|label|alt)\s*=\s*["']([^"']*)["']/.exec(given)?.[1] ?? "";
  const name = inner.trim().replace(/\s*\|.*$/s, "");
  const known =
    values.get(name) ??
    values.get(name.replace(/^(?:page|\$?frontmatter|\$page\.frontmatter)\./, ""));
  if (known !== undefined) return known;
  return VARIABLE.test(inner) ? "" : undefined;
}
