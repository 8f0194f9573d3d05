/** A component, directive or shortcode of a site generator, such as `<Card title="…">`, `:::note` or `{% hint style="info" %}`. */
export interface Component {
  name: string;
  attributes: ReadonlyMap<string, string>;
  /** Arguments without a name. */
  words: readonly string[];
}

/** Callouts that a site shows with their kind: "Note". */
const CALLOUTS = new Set(
  (
    "note info information tip hint important warning warn caution danger error attention success question example abstract tldr bug " +
    "failure fail missing todo seealso check help deprecated deprecation prerequisite prerequisites requirement requirements security " +
    "experimental remark advice notice faq critical troubleshooting definition versionadded versionchanged versionremoved limitation"
  ).split(" "),
);
/** Callouts whose kind is an argument. */
const GENERIC_CALLOUT =
  /(?:^|[a-z])(?:callout|admonition|alert|hint|aside|notice|message|infobox|banner|custom-?block|box)$/;
const KIND_ATTRIBUTES = [
  "type",
  "style",
  "kind",
  "variant",
  "severity",
  "level",
  "status",
  "class",
];
/** Attributes that a site shows, as the heading of what they belong to. */
const TITLE_ATTRIBUTES = "title label header heading summary question caption name-of".split(" ");
/** Attributes that a site shows, as text. */
const TEXT_ATTRIBUTES = "subtitle description text content message body answer headline".split(" ");
/** Components whose first argument is a title, or whose name or value is shown when there is no title. */
const TITLED =
  /(?:^|-)(?:tab|tabitem|tab-item|step|expand|details|dropdown|collapse|collapsible|accordion|accordionitem|spoiler|toggle|card|badge|label|button|btn|kbd|key|disclosure|option|pane|panel|swagger-response)$/;
const TITLED_BY_NAME = /(?:^|-)(?:tab|tabitem|tab-item|step|option|pane|swagger-parameter)$/;
/** What an interface's reference describes: a name, and what is said about it. */
const FIELD =
  /^(?:param|response|request|api)?-?(?:field|param|parameter|property|prop|attribute)$/;
const FIELD_NAMES = ["name", "path", "query", "body", "header", "cookie", "form"];
const IMAGE = /(?:image|img|figure|figcaption|picture|frame|screenshot|zoom)/;
const KEYS =
  /^(?:key|keys|kbd|hotkey|hot-key|shortcut|keyboard|keyboard-shortcut|keystroke|key-combo|keybinding)$/;
/** Components whose name is not shown. */
const PICTOGRAM =
  /(?:icon|emoji|logo|svg|slot|snippet|include|avatar|symbol|field|input|select|textarea|meta|partial)/;
const TOOLTIP = /^(?:tooltip|abbr|hover-?card|glossary-?tooltip|term)$/;
/** An address, a path or a file's name. */
const ADDRESS = /^(?:https?:|mailto:|\.{0,2}\/|@\/|#)\S*$|^[\w./-]+\.[a-z]{2,5}$/i;
/** Includes that a site hands its text to: `{% include note.html content="…" %}`. */
const INCLUDE = /^include(?:_cached|-cached|_relative)?$/;

/** Whether a text is the label of a callout alone: "Note:", "Pro tip:". */
export function isCalloutLabel(text: string): boolean {
  const [, words = ""] = /^([^:]{1,40}):$/.exec(text.trim()) ?? [];
  const named = words.toLowerCase().split(/\s+/);
  return named.length <= 2 && CALLOUTS.has(named.at(-1) ?? "");
}

/** What a site shows for a component beside its body, as Markdown: its kind and its labels. */
export function labelOf(component: Component): string {
  if (INCLUDE.test(component.name)) return labelOf(included(component));
  const name = foldName(component.name);
  if (TOOLTIP.test(name)) return "";
  if (KEYS.test(name)) return keysOf(component);
  const fieldName = FIELD.test(name) ? shownOf(component, FIELD_NAMES)[0] : undefined;
  if (fieldName !== undefined) return labelOfField(fieldName, component);
  const { kind, titles } = calloutOf(name, component);
  const texts = shownOf(component, TEXT_ATTRIBUTES).filter((text) => text !== titles[0]);
  const [title = "", ...others] = titles;
  const rest = [...others, ...texts].join(" ");
  if (kind)
    return [`**${kind}:**`, title.toLowerCase() === kind.toLowerCase() ? "" : title, rest]
      .filter(Boolean)
      .join(" ");
  return [title && bold(title), rest].filter(Boolean).join(" ");
}

/** `<Key mod="ctrl" k="o" />` → ctrl+o. */
function keysOf({ attributes, words }: Component): string {
  const keys = [...attributes.values(), ...words].map((key) => key.trim()).filter(isWord);
  return keys.length > 0 ? `**${keys.join("+")}**` : "";
}

/** What a site shows of a component's attributes behind its body, such as the text of a tooltip. */
export function noteOf(component: Component): string {
  if (!TOOLTIP.test(foldName(component.name))) return "";
  const [note = ""] = shownOf(component, [
    "tip",
    "content",
    "text",
    "title",
    "description",
    "headline",
  ]);
  return note && ` (${note})`;
}

function included({ attributes, words: [file = "", ...words] }: Component): Component {
  return { name: file.replace(/^.*\//, "").replace(/\.\w+$/, ""), attributes, words };
}

/** `TabItem` → `tab-item`, `Tabs.Tab` → `tab`, `callout.note` and `callout-note` → `callout-note`. */
export function foldName(name: string): string {
  return name
    .replace(/^[A-Z]\w*\.(?=[A-Z])/, "")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-")
    .replace(/[._:]/g, "-")
    .toLowerCase();
}

function calloutOf(name: string, component: Component): { kind: string; titles: string[] } {
  const titles = shownOf(component, TITLE_ATTRIBUTES);
  const [first = "", second] = component.words;
  const own = name
    .replace(/^(?:callout|alert|admonition|custom-block|bs-callout|hint|block)-/, "")
    .replace(/-(?:block|box|callout)$/, "");
  if (CALLOUTS.has(own) && !(GENERIC_CALLOUT.test(name) && hasKind(component))) {
    return {
      kind: capitalised(own),
      titles: titles.length > 0 ? titles : shownWords(component.words),
    };
  }
  if (GENERIC_CALLOUT.test(name)) {
    const given = KIND_ATTRIBUTES.map((one) => component.attributes.get(one) ?? "").find(isKind);
    if (given) return { kind: capitalised(kindIn(given)), titles };
    if (isKind(first))
      return { kind: capitalised(first), titles: titles.length > 0 || !second ? titles : [second] };
    const color = component.attributes.get("color") ?? "";
    if (titles.length === 0 && isKind(color)) return { kind: capitalised(color), titles };
    return { kind: "", titles: titles.length > 0 ? titles : shownWords(component.words) };
  }
  if (titles.length > 0) return { kind: "", titles };
  if (IMAGE.test(name))
    return { kind: "", titles: shownOf(component, ["alt", "alt-text"]).slice(0, 1) };
  if (TITLED.test(name) && first) return { kind: "", titles: [component.words.join(" ")] };
  if (TITLED_BY_NAME.test(name))
    return { kind: "", titles: shownOf(component, ["name", "value"]).slice(0, 1) };
  const isNamed = component.attributes.has("name") && !PICTOGRAM.test(name);
  return { kind: "", titles: isNamed ? shownOf(component, ["name"]) : titles };
}

function hasKind({ attributes, words: [first = ""] }: Component): boolean {
  return isKind(first) || KIND_ATTRIBUTES.some((name) => isKind(attributes.get(name) ?? ""));
}

function isKind(value: string): boolean {
  return CALLOUTS.has(kindIn(value));
}

function kindIn(value: string): string {
  return value.toLowerCase().replace(/^(?:alert|callout|is|admonition)-/, "");
}

function labelOfField(fieldName: string, component: Component): string {
  const { attributes } = component;
  const about = [
    attributes.get("type") ?? attributes.get("paramtype") ?? "",
    attributes.has("required") && attributes.get("required") !== "false" ? "required" : "",
    attributes.get("default") ? `default: ${attributes.get("default")}` : "",
    attributes.has("deprecated") && attributes.get("deprecated") !== "false" ? "deprecated" : "",
  ].filter(Boolean);
  const texts = shownOf(
    component,
    [...TITLE_ATTRIBUTES, ...TEXT_ATTRIBUTES].filter((name) => !FIELD_NAMES.includes(name)),
  );
  return [bold(fieldName), about.length > 0 ? `(${about.join(", ")})` : "", ...texts]
    .filter(Boolean)
    .join(" ");
}

/** The values of the attributes that are words. */
function shownOf({ attributes }: Component, names: string[]): string[] {
  const values = names.flatMap((name) => {
    const value = attributes.get(name)?.replace(/\s+/g, " ").trim() ?? "";
    // A title may be the name of a file.
    return (TITLE_ATTRIBUTES.includes(name) ? isWord(value) : isShown(value)) ? [value] : [];
  });
  return [...new Set(values)];
}

function isWord(value: string): boolean {
  return value !== "" && !/^(?:true|false|https?:\S*)$/.test(value);
}

function shownWords(words: readonly string[]): string[] {
  const title = words.join(" ").trim();
  return isShown(title) ? [title] : [];
}

function isShown(value: string): boolean {
  return isWord(value) && !ADDRESS.test(value);
}

function bold(text: string): string {
  return /^\*\*|\*\*$/.test(text) ? text : `**${text}**`;
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}
