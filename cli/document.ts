import type { Origin } from "./exports/help-centre.ts";
import type { ExportPage } from "./exports/pages.ts";

/** The body of `PUT /v1/documents/{external_id}`, and the id. */
export interface Document {
  external_id: string;
  title: string;
  content: string;
  content_type: string;
  url?: string;
  language?: string;
  updated_at?: string;
  valid_from?: string;
  valid_until?: string;
  audience?: string[];
  metadata?: Record<string, unknown>;
  /** The bytes of a file that the instance converts; `content` is empty then. */
  file?: Uint8Array<ArrayBuffer>;
  /** The file below the folder, or the path of the page, that the document was read from. It is not uploaded. */
  source?: string;
}

/** The document's line of an import. */
export function importLine({ source: _source, ...body }: Document): string {
  return JSON.stringify(body);
}

/** A file, page or line from which no document can be uploaded. */
export interface Unreadable {
  source: string;
  reason: string;
  /** Whether `source` names the same file or page as a document's: `--prune` then keeps what was once read from it. */
  isNamed?: boolean;
}

export interface ReadDocuments {
  documents: Document[];
  unreadable: Unreadable[];
  /** What is rightly no document, such as a draft or a page that is gone. `--prune` deletes what was once read from it. */
  skipped?: Unreadable[];
  /** The pages of an export, which say what is missing. */
  pages?: ExportPage[];
  /** Why the source may not be complete, which nothing says: `--prune` then deletes nothing. */
  doubts?: string[];
  /** Where each document belongs, if all are articles of a help centre's export. */
  origins?: (Origin | undefined)[];
  /** Warnings: what was left out or not understood. The documents that were read are not affected. */
  notes: string[];
}
