import { Autolinker } from "autolinker";
import * as linkifyjs from "linkifyjs";
import { LinkifyIt } from "linkify-it";
import MarkdownIt from "markdown-it";
import { marked, type Tokens } from "marked";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import tlds from "tlds" with { type: "json" };
import { visit } from "unist-util-visit";
import { lexAnswer, linkTarget } from "../../web/demo/markdown.ts";

/** Renders a text to the targets of its links and images. */
type Renderer = (text: string) => string[];

const fuzzy = { fuzzyLink: true, fuzzyIP: true, fuzzyEmail: true };
const linkifyIt = new LinkifyIt();
const linkifyItWithHosts = new LinkifyIt(fuzzy);
const linkifyItWithEveryEnding = new LinkifyIt(fuzzy).tlds(tlds);
const markdownIt = new MarkdownIt({ linkify: true });
const markdownItWithHosts = new MarkdownIt({ linkify: true });
markdownItWithHosts.linkify.set(fuzzy);
markdownItWithHosts.linkify.tlds(tlds);

const onPlainText: Record<string, Renderer> = {
  "linkify-it": (text) => (linkifyIt.match(text) ?? []).map(({ url }) => url),
  "linkify-it with hosts": (text) => (linkifyItWithHosts.match(text) ?? []).map(({ url }) => url),
  "linkify-it with every ending": (text) =>
    (linkifyItWithEveryEnding.match(text) ?? []).map(({ url }) => url),
  linkifyjs: (text) => linkifyjs.find(text).map(({ href }) => href),
  Autolinker: (text) =>
    Autolinker.parse(text, {}).map((match) => match.getAnchorHref().replaceAll("&amp;", "&")),
};

const onMarkdown: Record<string, (text: string) => string> = {
  marked: (text) => marked.parse(text, { async: false, gfm: true }),
  "markdown-it": (text) => markdownIt.render(text),
  "markdown-it with hosts": (text) => markdownItWithHosts.render(text),
};

/** GitHub's Markdown, as micromark and mdast read it. */
function githubLinks(text: string): string[] {
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const links: string[] = [];
  visit(tree, (node) => {
    if ("url" in node) links.push(node.url);
    if (node.type === "html") links.push(...targetsIn(node.value));
  });
  return links;
}

/** Our own demo page's. */
function demoPageLinks(text: string): string[] {
  const links: string[] = [];
  void marked.walkTokens(lexAnswer(text), (token) => {
    const target = token.type === "link" && linkTarget(token as Tokens.Link);
    if (target) links.push(target);
  });
  return links;
}

/** The targets in HTML. */
function targetsIn(html: string): string[] {
  return Array.from(html.matchAll(/\s(?:href|src)="([^"]*)"/g), ([, target = ""]) =>
    decoded(target),
  );
}

/** The text nodes of HTML that stand in no link: what a client looks through that makes links of the addresses in a page. */
function textsIn(html: string): string[] {
  const outside = html.replace(/<a\b[\s\S]*?<\/a>/g, "<a>");
  return outside.split(/<[^>]*>/).map(decoded);
}

function decoded(html: string): string {
  return html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

/** The targets of all links and images that common renderers make of a text, each with the renderer's name. */
export function renderedLinks(text: string): { renderer: string; target: string }[] {
  const found: { renderer: string; target: string }[] = [];
  const add = (renderer: string, targets: string[]): void => {
    found.push(...targets.map((target) => ({ renderer, target })));
  };
  const linkify = (after: string, plain: string): void => {
    for (const [name, render] of Object.entries(onPlainText)) add(`${after}${name}`, render(plain));
  };
  linkify("", text);
  add("GitHub", githubLinks(text));
  add("the demo page", demoPageLinks(text));
  for (const [name, render] of Object.entries(onMarkdown)) {
    const html = render(text);
    add(name, targetsIn(html));
    for (const plain of new Set(textsIn(html))) if (plain.trim()) linkify(`${name}, then `, plain);
  }
  return found;
}

/** The links that renderers of Markdown make, and those that a client makes in what they rendered, but for code. */
export function linksOutsideCode(text: string): { renderer: string; target: string }[] {
  const found: { renderer: string; target: string }[] = [];
  try {
    found.push(...githubLinks(text).map((target) => ({ renderer: "GitHub", target })));
  } catch {
    // micromark's build for development asserts what `-`, a line feed and "[x] (`a``" do not keep.
  }
  for (const [name, render] of Object.entries(onMarkdown)) {
    const html = render(text).replace(/<code\b[^>]*>[\s\S]*?<\/code>/g, "<code>");
    found.push(...targetsIn(html).map((target) => ({ renderer: name, target })));
    for (const plain of new Set(textsIn(html)))
      for (const [then, find] of Object.entries(onPlainText))
        found.push(...find(plain).map((target) => ({ renderer: `${name}, then ${then}`, target })));
  }
  return found;
}

/** The rendered links that lead somewhere else than to an allowed host. */
export function refusedLinks(
  text: string,
  mayLinkTo: (host: string) => boolean,
  links = renderedLinks(text),
): string[] {
  return links
    .filter(({ target }) => {
      // Clicking on these opens no page.
      if (/^(?:mailto|tel|xmpp):/i.test(target)) return false;
      // `www` alone is no host.
      if (/^https?:\/\/www[.,;:!?_~]*$/i.test(target)) return false;
      // linkifyjs takes the word for a link. It leads to the reader's own machine, or nowhere with a port that none can have.
      if (/^https?:\/\/localhost(?::\d+)?$/i.test(target)) return false;
      const url = URL.parse(target.replace(/^(?=\/\/)/, "https:"));
      if (url?.hostname === "localhost") return false;
      if (!url || /^(?:javascript|vbscript|data|blob|file):$/.test(url.protocol)) return true;
      return url.hostname !== "" && !(/^https?:$/.test(url.protocol) && mayLinkTo(url.hostname));
    })
    .map(({ renderer, target }) => `${renderer}: ${target}`);
}
