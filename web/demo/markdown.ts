import { getDefaults, Lexer, Tokenizer, type Token, type Tokens } from "marked";

/** Deeper nesting is shown as text: no document needs it, and each level costs another pass over what it contains. */
const MAX_DEPTH = 12;
/** Inline Markdown can cost the square of a paragraph's length. A longer paragraph is shown as it stands. */
const MAX_INLINE = 5000;
/** Text that arrives can still change the last blocks, such as a list that goes on after an empty line. */
const OPEN_BLOCKS = 3;
/** Characters that may wait for the end of a link, a bold phrase or a code span. */
const MAX_HELD = 200;
const LINK = /^(?:https?:\/\/|mailto:|tel:)/i;

/** The blocks of an answer's Markdown. Their `raw` texts joined are the answer, but for spaces at the ends of lines. */
export function lexAnswer(text: string): Token[] {
  try {
    return new AnswerLexer({ ...getDefaults(), tokenizer: new AnswerTokenizer() }).lex(text);
  } catch {
    return [{ type: "text", raw: text, text }];
  }
}

/** The address of a link as it stands in the text, which the server has filtered; null for any other. */
export function linkTarget({ href, text, raw }: Tokens.Link): string | null {
  const isWritten = raw.includes(href) || href === `mailto:${text}`;
  return isWritten && LINK.test(href) ? href : null;
}

/** Lexes a text that grows at its end, from the first block that can still change. The text has no carriage returns. */
export function createGrowingLexer(): (text: string) => Token[] {
  const settled: Token[] = [];
  let settledLength = 0;
  return (text) => {
    const open = lexAnswer(text.slice(settledLength));
    const tokens = [...settled, ...open];
    for (const token of open.slice(0, -OPEN_BLOCKS)) {
      // The lexer changes the spaces at the end of some lists. From there on the text is lexed again each time.
      if (!text.startsWith(token.raw, settledLength)) break;
      settled.push(token);
      settledLength += token.raw.length;
    }
    return tokens;
  };
}

/**
 * Where the end of a streamed text begins that would look different as soon as more arrives: half a table's row or head,
 * the beginning of a list item or fence, an open link, bold phrase, code span or marker. It waits until it is complete.
 */
export function unfinishedFrom(text: string): number {
  const lineStart = text.lastIndexOf("\n") + 1;
  const line = text.slice(lineStart);
  if (/^ *(?:[-*+>#`~=]+|\d{1,3}[.)]?) *$/.test(line)) return lineStart;
  const headStart = unfinishedTable(text, lineStart, line);
  if (headStart !== null) return headStart;
  const opened = openSpan(line);
  return opened !== null && line.length - opened <= MAX_HELD ? lineStart + opened : text.length;
}

/** A row is shown when its line is complete, and a head together with the line of dashes below it. */
function unfinishedTable(text: string, lineStart: number, line: string): number | null {
  const isRow = line.startsWith("|");
  if (!isRow && line !== "") return null;
  const before = text.slice(0, Math.max(0, lineStart - 1)).split("\n").slice(-2);
  const above = before.at(-1) ?? "";
  const isHead = above.startsWith("|") && !(before.length > 1 && before[0]?.startsWith("|"));
  if (isHead && /^[|: -]*$/.test(line)) return lineStart - above.length - 1;
  return isRow ? lineStart : null;
}

/** The place in a line where a code span, a bold phrase or a link begins that has no end yet. */
function openSpan(line: string): number | null {
  // Complete spans are blanked out, so that what is left open stands alone.
  const rest = line
    .replace(/`[^`]+`/g, (span) => " ".repeat(span.length))
    .replace(/\[[^\][]*\](?:\([^()]*\)|(?!\())/g, (link, at: number) =>
      // `[text]` at the end may become a link, unless it is a marker.
      at + link.length === line.length && /^\[\D/.test(link) && link.endsWith("]")
        ? link
        : " ".repeat(link.length),
    )
    .replace(/\*\*[^*]+\*\*/g, (bold) => " ".repeat(bold.length));
  const at = rest.search(/`|\*\*|\*$|\[/);
  return at < 0 ? null : at;
}

class AnswerLexer extends Lexer {
  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (source.length <= MAX_INLINE) return super.inlineTokens(source, tokens);
    tokens.push({ type: "text", raw: source, text: source });
    return tokens;
  }
}

/**
 * Markdown without blocks of HTML, and without link definitions: `[1]` is always a marker. A single tag remains a token,
 * which is shown as text, so that an address within it is no link.
 */
class AnswerTokenizer extends Tokenizer {
  #depth = 0;

  override html(): undefined {}
  override def(): undefined {}
  override reflink(): undefined {}

  override blockquote(source: string): Tokens.Blockquote | undefined {
    return this.#nested(() => super.blockquote(source));
  }

  override list(source: string): Tokens.List | undefined {
    return this.#nested(() => super.list(source));
  }

  override link(source: string): Tokens.Link | Tokens.Image | undefined {
    return this.#nested(() => super.link(source));
  }

  override emStrong(
    source: string,
    masked: string,
    before = "",
  ): Tokens.Em | Tokens.Strong | undefined {
    return this.#nested(() => super.emStrong(source, masked, before));
  }

  override del(source: string, masked: string, before = ""): Tokens.Del | undefined {
    return this.#nested(() => super.del(source, masked, before));
  }

  #nested<T>(read: () => T | undefined): T | undefined {
    if (this.#depth >= MAX_DEPTH) return undefined;
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }
}
