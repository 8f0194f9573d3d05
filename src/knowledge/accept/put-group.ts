import type { Actor } from "../../audit/log.ts";
import { sha256Hex } from "../../crypto/hash.ts";
import { batchByName } from "../../runtime/named-batch.ts";
import { utf8Length } from "../../text/utf8-length.ts";
import type { DocumentStatus } from "./document-summaries.ts";
import {
  changeStatement,
  outcomeStatements,
  type PutEvent,
  type PutOutcome,
} from "./put-statements.ts";
import { toInterval } from "./validity.ts";
import { joinRows, MAX_VALUE_BYTES, toJson } from "./rows.ts";
import { outboxStatement, readStates, toInstant, type DocumentState } from "./source-events.ts";

export interface DocumentInput {
  title: string;
  content: string;
  content_type: string;
  url?: string | undefined;
  language?: string | undefined;
  audience: string[];
  metadata: Record<string, unknown>;
  updated_at?: string | undefined;
  /** When the document is valid (validity.ts). */
  valid_from?: string | undefined;
  valid_until?: string | undefined;
}

export interface Accepted {
  documentId: number;
  version: number;
  status: DocumentStatus;
  unchanged: boolean;
  /** The source's timestamp is older than the document's: the update was out of order and ignored. */
  stale: boolean;
}

/** What a put says, as the JSON of its row. */
interface Row {
  json: string;
  bytes: number;
  /** Only of a row that would be too long for a value: its content, which is bound by itself. */
  content: string | null;
}

/** The puts of one document. */
interface Puts {
  /** The source time of the newest. */
  instant: number | null;
  /** What the document says in the end: the newest put with a source time, or, if the stored document is newer, the last without. */
  timed?: Row | undefined;
  untimed?: Row | undefined;
}

/** Equal for equal documents. Fields that no reader sees, such as `updated_at`, are left out. */
async function hashContent(input: DocumentInput): Promise<string> {
  const { title, content, content_type, url, language, audience, metadata } = input;
  const { valid_from, valid_until } = input;
  // Without them, the hash is that of documents from before there were such fields.
  const validity = (valid_from ?? valid_until) ? [{ valid_from, valid_until }] : [];
  return sha256Hex(
    JSON.stringify([title, content, content_type, url, language, audience, metadata, ...validity]),
  );
}

/**
 * Puts that are stored together, in one transaction. The result is that of storing one after the other, also where an id is repeated:
 * of such an id only the texts that may be the last are kept.
 */
export class PutGroup {
  readonly #externalIds: string[] = [];
  readonly #events: PutEvent[] = [];
  readonly #puts = new Map<string, Puts>();
  /** Of the kept rows. */
  bytes = 0;

  get size(): number {
    return this.#externalIds.length;
  }

  async add(externalId: string, input: DocumentInput, now: number): Promise<void> {
    const n = this.#externalIds.push(externalId) - 1;
    const instant = toInstant(input.updated_at, now);
    const puts = this.#puts.get(externalId) ?? { instant: null };
    this.#puts.set(externalId, puts);
    // Older than an earlier put of this group, so stale.
    if (instant !== null && puts.instant !== null && instant < puts.instant) return;
    const hash = await hashContent(input);
    const row = toRow({ ...input, ...toInterval(input), n, external_id: externalId, hash });
    const { updated_at } = input;
    this.#events.push({ n, external_id: externalId, hash, updated_at, instant });
    this.bytes += row.bytes - (puts.timed?.bytes ?? 0);
    puts.timed = row;
    if (instant === null) {
      this.bytes -= puts.untimed?.bytes ?? 0;
      puts.untimed = row;
      puts.timed = undefined;
    } else puts.instant = instant;
  }

  /** Stores all of the puts, or none. @returns what became of each, in order */
  async store(
    db: D1Database,
    workspaceId: string,
    now: number,
    by: Actor | undefined,
  ): Promise<Accepted[]> {
    const events = toJson(this.#events);
    const ids = toJson(Array.from(this.#puts.keys(), (external_id) => ({ external_id })));
    const rows = Array.from(this.#puts.values(), ({ timed, untimed }) => [untimed, timed])
      .flat()
      .filter((row) => row !== undefined);
    const short = rows.filter(({ content }) => content === null);
    const change = (slice: string, content: string | null): D1PreparedStatement =>
      changeStatement(db, workspaceId, events, now, slice, content);
    const { outcomes, states } = await batchByName<{
      outcomes: PutOutcome;
      states: DocumentState;
    }>(db, {
      ...outcomeStatements(db, workspaceId, events, now, by),
      short: joinRows(short.map(({ json }) => json)).map((slice) => change(slice, null)),
      long: rows
        .filter(({ content }) => content !== null)
        .map(({ json, content }) => change(`[${json}]`, content)),
      outbox: outboxStatement(db, workspaceId, ids, now),
      states: readStates(db, workspaceId, ids),
    });
    return this.#accepted(outcomes, states);
  }

  #accepted(outcomes: PutOutcome[], states: DocumentState[]): Accepted[] {
    const outcomeOf = new Map(outcomes.map((outcome) => [outcome.n, outcome]));
    const stateOf = new Map(states.map((state) => [state.external_id, state]));
    return this.#externalIds.map((externalId, n) => {
      const state = stateOf.get(externalId);
      if (!state) throw new Error("A stored document could not be read back");
      const outcome = outcomeOf.get(n);
      return {
        documentId: state.id,
        version: outcome?.version ?? state.version,
        status: state.status,
        unchanged: !outcome?.changed,
        stale: !outcome,
      };
    });
  }
}

function toRow(document: DocumentInput & { n: number; external_id: string; hash: string }): Row {
  const json = toJson(document);
  const bytes = utf8Length(json);
  if (bytes <= MAX_VALUE_BYTES) return { json, bytes, content: null };
  const { content, ...rest } = document;
  return { json: toJson(rest), bytes, content };
}
