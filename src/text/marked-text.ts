/** How a part of a text is shown. */
export interface Style {
  strong?: true;
  emphasis?: true;
  deleted?: true;
  code?: true;
  /** The target of a link, as the document writes it. */
  link?: string;
  /** A block of code, by its language: "" where it names none. */
  fence?: string;
  /** A row of a table. */
  row?: true;
  /** How many quotations it stands in. */
  quoted?: number;
  /** A line feed: the end of a paragraph, or a line break. Another one is only where the author broke a line. */
  ends?: "paragraph" | "line";
  /** What is searched and not shown: the text in place of an image that stands alone, and what a chunk repeats of the one before. */
  hidden?: "image" | "repeated";
}

/** A part of a text with a style. Offsets are in UTF-16 code units. */
export interface Span {
  start: number;
  end: number;
  style: Style;
}

/** A text, and how parts of it are shown. The spans are in order and do not overlap. */
export interface MarkedText {
  text: string;
  spans: readonly Span[];
}

export function unmarked(text: string): MarkedText {
  return { text, spans: [] };
}

/** The whole text in a style. A style that a part has already is kept. */
export function styled({ text, spans }: MarkedText, style: Style): MarkedText {
  const covered: Span[] = [];
  let at = 0;
  for (const { start, end, style: own } of spans) {
    if (at < start) covered.push({ start: at, end: start, style });
    covered.push({ start, end, style: within(style, own) });
    at = end;
  }
  if (at < text.length) covered.push({ start: at, end: text.length, style });
  return { text, spans: covered };
}

function within(outer: Style, inner: Style): Style {
  const quoted = (outer.quoted ?? 0) + (inner.quoted ?? 0);
  return { ...outer, ...inner, ...(quoted > 0 && { quoted }) };
}

export function join(parts: readonly MarkedText[], separator = unmarked("")): MarkedText {
  const texts: string[] = [];
  const spans: Span[] = [];
  let length = 0;
  const add = (part: MarkedText): void => {
    texts.push(part.text);
    for (const span of part.spans) addSpan(spans, moved(span, length));
    length += part.text.length;
  };
  for (const [index, part] of parts.entries()) {
    if (index > 0) add(separator);
    add(part);
  }
  return { text: texts.join(""), spans };
}

function moved({ start, end, style }: Span, by: number): Span {
  return { start: start + by, end: end + by, style };
}

/** Adjacent spans of the same style become one. */
function addSpan(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last?.end === span.start && isSame(last.style, span.style))
    spans[spans.length - 1] = { ...last, end: span.end };
  else spans.push(span);
}

function isSame(one: Style, other: Style): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof Style>;
  return one === other || [...names].every((name) => one[name] === other[name]);
}

export function slice({ text, spans }: MarkedText, start: number, end = text.length): MarkedText {
  const cut: Span[] = [];
  for (let at = firstAfter(spans, start); at < spans.length; at++) {
    const span = spans[at];
    if (!span || span.start >= end) break;
    cut.push({
      start: Math.max(span.start, start) - start,
      end: Math.min(span.end, end) - start,
      style: span.style,
    });
  }
  return { text: text.slice(start, end), spans: cut };
}

/** The first span that ends after a place. A search from the beginning would take quadratic time for the pieces of a text. */
function firstAfter(spans: readonly Span[], place: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The style at a place; undefined where there is none. */
export function styleAt({ spans }: MarkedText, place: number): Style | undefined {
  const span = spans[firstAfter(spans, place)];
  return span && span.start <= place ? span.style : undefined;
}

/** The parts of a text that read as these texts, which stand in it in this order. */
export function partsOf(whole: MarkedText, texts: readonly string[]): MarkedText[] {
  let from = 0;
  return texts.map((text) => {
    const start = whole.text.indexOf(text, from);
    if (start < 0) return unmarked(text);
    from = start + text.length;
    return slice(whole, start, from);
  });
}

export function trim(whole: MarkedText): MarkedText {
  return partsOf(whole, [whole.text.trim()])[0] ?? whole;
}

/** Replaces each match. What is put in its place has the style of the match's first character. */
export function replace(whole: MarkedText, pattern: RegExp, by: string): MarkedText {
  const parts: MarkedText[] = [];
  let at = 0;
  for (const { 0: found, index } of whole.text.matchAll(pattern)) {
    const style = styleAt(whole, index);
    parts.push(slice(whole, at, index), style ? styled(unmarked(by), style) : unmarked(by));
    at = index + found.length;
  }
  return at === 0 ? whole : join([...parts, slice(whole, at)]);
}

export function linesOf(whole: MarkedText): MarkedText[] {
  let start = 0;
  return whole.text.split("\n").map(({ length }) => {
    const line = slice(whole, start, start + length);
    start += length + 1;
    return line;
  });
}

/** What is left of a text without some of its spans. A line that held nothing else goes, too. */
export function without(whole: MarkedText, isLeftOut: (span: Span) => boolean): MarkedText {
  const gone = whole.spans.filter(isLeftOut);
  if (gone.length === 0) return whole;
  const lines: MarkedText[] = [];
  let start = 0;
  let next = 0;
  for (const { length } of whole.text.split("\n")) {
    const end = start + length;
    const cuts: Span[] = [];
    // A part that goes on in the next line is looked at there again.
    while (next < gone.length && (gone[next]?.start ?? 0) < end) {
      const span = gone[next];
      if (span) cuts.push(span);
      if ((span?.end ?? 0) > end) break;
      next += 1;
    }
    const left = cutOut(whole, start, end, cuts);
    const isGone = cuts.length > 0 && left.text.trim() === "";
    // The line feed in front of it has a style of its own.
    if (!isGone) lines.push(slice(whole, lines.length === 0 ? start : start - 1, start), left);
    start = end + 1;
  }
  return replace(trimEnds(join(lines)), /\n{3,}/g, "\n\n");
}

/** A line without these parts. Where its beginning is cut out, the rest begins it. */
function cutOut(whole: MarkedText, start: number, end: number, cuts: Span[]): MarkedText {
  const parts: MarkedText[] = [];
  let at = start;
  for (const cut of cuts) {
    if (cut.start > at) parts.push(slice(whole, at, cut.start));
    at = Math.max(at, Math.min(cut.end, end));
  }
  const left = join([...parts, slice(whole, at, end)]);
  const isBeginning = cuts.length > 0 && (cuts[0]?.start ?? 0) <= start;
  return isBeginning ? slice(left, left.text.search(/\S|$/)) : left;
}

/** Without empty lines at both ends. The first line keeps its indentation. */
function trimEnds(whole: MarkedText): MarkedText {
  const start = /^(?:[^\S\n]*\n)*/.exec(whole.text)?.[0].length ?? 0;
  return slice(whole, start, Math.max(start, whole.text.trimEnd().length));
}
