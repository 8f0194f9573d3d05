import { unzipSync } from "fflate";
import { decodeText } from "../decode.ts";

/** What an archive may hold when it is unpacked: 1 MB can unpack to 1 GB. */
const MAX_UNPACKED_BYTES = 500 * 1024 * 1024;

/** Counts what archives unpack to. An archive and those within it share one. */
export class UnpackBudget {
  #left: number;
  readonly #most: number;

  constructor(most = MAX_UNPACKED_BYTES) {
    this.#left = this.#most = most;
  }

  /** @throws TooLarge */
  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new TooLarge(this.#most);
  }
}

/** The files of a zip whose names the filter wants. */
export function unpack(
  bytes: Uint8Array,
  isWanted: (name: string) => boolean,
  budget = new UnpackBudget(),
): Map<string, Uint8Array> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (name.endsWith("/") || !isWanted(name)) return false;
        budget.take(originalSize);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    throw new Error("It is damaged or protected by a password: it cannot be unpacked", {
      cause: error,
    });
  }
  return new Map(Object.entries(files));
}

class TooLarge extends Error {
  constructor(bytes: number) {
    super(`It unpacks to more than ${bytes / 1024 / 1024} MB`);
  }
}

/** The text of a file of XML. */
export function xmlText(bytes: Uint8Array | undefined): string {
  return bytes ? decodeText(bytes, { isMarkup: true }).text : "";
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
