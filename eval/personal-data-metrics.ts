import { detectPersonalData } from "../src/privacy/redact.ts";
import type { PersonalDataKind } from "../src/privacy/detection.ts";

/** The public sets' names for the kinds that we redact. */
const KINDS: Record<string, PersonalDataKind> = {
  EMAIL_ADDRESS: "EMAIL",
  PHONE_NUMBER: "PHONE",
  CREDIT_CARD: "CARD",
  IBAN_CODE: "IBAN",
  US_SSN: "NATIONAL_ID",
};

/** Positions count code points. */
export interface MarkedText {
  text: string;
  spans: { entity_type: string; start_position: number; end_position: number }[];
}

interface Range {
  start: number;
  end: number;
}

export interface KindCount {
  kind: PersonalDataKind;
  /** Spans that the set marks, and those of them that were removed completely. */
  marked: number;
  removed: number;
  /** Findings, and those of them that overlap a marked span of their kind. */
  found: number;
  right: number;
  mistakes: string[];
}

/** Counts per kind. A redaction of unmarked personal data counts against precision. */
export function measureRedaction(texts: MarkedText[]): KindCount[] {
  const counts = Object.values(KINDS).map((kind): KindCount => ({
    kind,
    marked: 0,
    removed: 0,
    found: 0,
    right: 0,
    mistakes: [],
  }));
  for (const one of texts) {
    const found = detectPersonalData(one.text);
    const spans = markedSpans(one);
    for (const count of counts) {
      for (const span of spans.filter(({ kind }) => kind === count.kind)) {
        count.marked++;
        if (isCovered(one.text, span, found)) count.removed++;
        else count.mistakes.push(`missed: ${around(one.text, span)}`);
      }
      for (const finding of found.filter(({ kind }) => kind === count.kind)) {
        count.found++;
        if (spans.some((span) => span.kind === count.kind && touches(span, finding))) count.right++;
        else count.mistakes.push(`not marked: ${around(one.text, finding)}`);
      }
    }
  }
  return counts;
}

function markedSpans({ text, spans }: MarkedText): (Range & { kind: PersonalDataKind })[] {
  const points = Array.from(text);
  const offset = (position: number): number => points.slice(0, position).join("").length;
  return spans.flatMap(({ entity_type, start_position, end_position }) => {
    const kind = KINDS[entity_type];
    return kind ? [{ kind, start: offset(start_position), end: offset(end_position) }] : [];
  });
}

function isCovered(text: string, span: Range, found: Range[]): boolean {
  for (let index = span.start; index < span.end; index++) {
    const inside = found.some(({ start, end }) => start <= index && index < end);
    if (!inside && /[\p{L}\p{N}]/u.test(text.charAt(index))) return false;
  }
  return true;
}

function touches(left: Range, right: Range): boolean {
  return left.start < right.end && right.start < left.end;
}

function around(text: string, { start, end }: Range): string {
  const before = text.slice(Math.max(0, start - 30), start);
  return JSON.stringify(`${before}⟦${text.slice(start, end)}⟧${text.slice(end, end + 20)}`);
}
