/** The body of `PUT /v1/documents/{external_id}`, and the id. */
export interface Document {
  external_id: string;
  title: string;
  content: string;
  content_type: string;
  url?: string;
  language?: string;
  updated_at?: string;
  audience?: string[];
  metadata?: Record<string, unknown>;
  /** The bytes of a file that the instance converts; `content` is empty then. */
  file?: Uint8Array<ArrayBuffer>;
}

/** A file or line from which no document can be uploaded. */
export interface Unreadable {
  source: string;
  reason: string;
}

export interface ReadDocuments {
  documents: Document[];
  unreadable: Unreadable[];
  /** Warnings: what was left out or not understood. The documents that were read are not affected. */
  notes: string[];
}
