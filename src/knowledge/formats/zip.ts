// Field offsets are those of APPNOTE.TXT, 4.3.

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
/** Packed bytes that are unpacked in one step. Unpacked they are at most a thousand times as many. */
const BYTES_PER_STEP = 4096;

interface Entry {
  name: string;
  /** What the zip says, and what it may lie about. */
  stated: number;
  method: number;
  packed: Uint8Array<ArrayBuffer>;
}

/**
 * How many bytes a zip unpacks to, counted while they are unpacked, because a zip may state any size. Stops when there are more than
 * `most`. Undefined where it is no zip or cannot be unpacked.
 */
export async function unpackedSize(
  bytes: Uint8Array<ArrayBuffer>,
  most: number,
): Promise<number | undefined> {
  const entries = entriesOf(bytes);
  if (!entries) return undefined;
  const stated = entries.reduce((sum, entry) => sum + entry.stated, 0);
  if (stated > most) return stated;
  let total = 0;
  for (const { method, packed } of entries) {
    if (method === STORED) total += packed.length;
    else if (method !== DEFLATED) return undefined;
    else {
      const size = await inflatedSize(packed, most - total);
      if (size === undefined) return undefined;
      total += size;
    }
    if (total > most) return total;
  }
  return total;
}

/** The files that a zip's central directory names; undefined when it has none. */
function entriesOf(bytes: Uint8Array<ArrayBuffer>): Entry[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  const searched = Math.max(0, end - 65_535);
  while (end >= searched && view.getUint32(end, true) !== END_OF_DIRECTORY) end -= 1;
  if (end < searched || end < 0) return undefined;
  const count = view.getUint16(end + 10, true);
  let offset = view.getUint32(end + 16, true);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index++) {
    if (offset + 46 > bytes.length || view.getUint32(offset, true) !== DIRECTORY_ENTRY)
      return undefined;
    const packed = packedBytes(bytes, view, offset);
    if (!packed) return undefined;
    const method = view.getUint16(offset + 10, true);
    const nameEnd = offset + 46 + view.getUint16(offset + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(offset + 46, nameEnd));
    entries.push({ name, stated: view.getUint32(offset + 24, true), method, packed });
    offset += 46 + [28, 30, 32].reduce((sum, at) => sum + view.getUint16(offset + at, true), 0);
  }
  return count === 0 ? undefined : entries;
}

function packedBytes(
  bytes: Uint8Array<ArrayBuffer>,
  view: DataView,
  entry: number,
): Uint8Array<ArrayBuffer> | undefined {
  const local = view.getUint32(entry + 42, true);
  if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL_ENTRY) return undefined;
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  return bytes.subarray(start, start + view.getUint32(entry + 20, true));
}

/** The texts of some files of a zip, by name. Files that are longer than `bytes` or cannot be unpacked are left out. */
export async function unpackedText(
  bytes: Uint8Array<ArrayBuffer>,
  isWanted: (name: string) => boolean,
  most: { files: number; bytes: number },
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const wanted = (entriesOf(bytes) ?? []).filter(({ name }) => isWanted(name));
  for (const { name, method, packed } of wanted.slice(0, most.files)) {
    const isStored = method === STORED;
    const pieces: Uint8Array<ArrayBuffer>[] = isStored ? [packed] : [];
    const size = isStored
      ? packed.length
      : await inflatedSize(packed, most.bytes, (piece) => pieces.push(piece));
    if (size === undefined || size > most.bytes) continue;
    texts.set(name, await new Blob(pieces).text());
  }
  return texts;
}

async function inflatedSize(
  packed: Uint8Array<ArrayBuffer>,
  most: number,
  take?: (piece: Uint8Array<ArrayBuffer>) => void,
): Promise<number | undefined> {
  let start = 0;
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (start >= packed.length) return controller.close();
      controller.enqueue(packed.subarray(start, start + BYTES_PER_STEP));
      start += BYTES_PER_STEP;
    },
  });
  let total = 0;
  try {
    const inflated = pieces.pipeThrough(new DecompressionStream("deflate-raw"));
    for await (const piece of inflated) {
      total += piece.length;
      if (total > most) break;
      take?.(piece.slice());
    }
  } catch {
    return undefined;
  }
  return total;
}
