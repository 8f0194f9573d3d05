/** In characters. A longer piece is cut, and a space is put where it was cut. */
const MAX_PIECE = 8192;
/** In characters. A longer link target is none. */
const MAX_TARGET = 1024;

/** In characters. A longer code span is none. */
const MAX_SPAN = 1024;

/** Scripts without spaces between words, whose paragraphs would otherwise arrive only as a whole. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** Punctuation of these scripts. It ends a host without a scheme, with its path, in every renderer. */
const ENDS_HOST = /[\u3001\u3002\u300C-\u300F\uFF01\uFF08\uFF09\uFF0C\uFF1A\uFF1B\uFF1F]/;
/** Without U+FEFF, which some renderers take for a letter. */
export const WHITE_SPACE = /[^\S\uFEFF]/u;

const KEY_BEGINS = /-----BEGIN\s$/i;
const KEY_HEADER = /^-----BEGIN [A-Z ]{0,48}-{0,5}$/i;
const PRIVATE_KEY_HEADER = /^-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----$/i;
const KEY_ENDS = /-----END [A-Z ]{0,40}-----$/i;
/** In characters: the longest header or footer of a key. */
const KEY_LINE = 72;

/** What a link target may still become: an address, and then a title. */
const OPEN_TARGET = /^\(\s{0,8}(?:<[^<>\n]*>?|[^\s<]\S*)?(?:\s{1,8}(?:["'(][^\n]{0,200})?)?$/;

/** A part of a text in which every link that begins in it also ends. */
export interface Piece {
  text: string;
  /** Whether it was cut for its length, in the middle of a word. */
  isCut: boolean;
}

/**
 * Cuts a streaming text into pieces at the points where no link can be open: behind white space, unless a Markdown link's target or a
 * private key is open there. In scripts without spaces, it also cuts between letters as long as no character came that begins a link.
 * Where it cuts depends on the text alone, never on how the stream is cut. Each character is read once.
 */
export class Pieces {
  #held = "";
  #read = 0;
  /** Where the target of a Markdown link begins that has not ended; -1 if there is none. */
  #target = -1;
  #depth = 0;
  /** Where a key begins that has not ended; -1 if there is none. */
  #key = -1;
  #isPrivateKey = false;
  /** Where an open code span begins; -1 if there is none. */
  #span = -1;
  #spanMark = 0;
  /** The length of the run of backticks that is being read. */
  #run = 0;
  /** Whether the piece contains a character that begins a link of any kind, and one that begins a host without a scheme. */
  #opened = { link: false, host: false };

  /** The piece that has not ended. */
  get held(): string {
    return this.#held;
  }

  push(delta: string): Piece[] {
    this.#held += delta;
    const pieces: Piece[] = [];
    while (this.#read < this.#held.length) {
      const character = this.#held.charAt(this.#read++);
      const ends = this.#endsWith(character);
      const isCut = !ends && this.#read >= MAX_PIECE && !/[\uD800-\uDBFF]/.test(character);
      if (ends || isCut) pieces.push({ text: this.#take(), isCut });
    }
    return pieces;
  }

  /** The rest, when the text has ended. */
  end(): Piece[] {
    return this.#held === "" ? [] : [{ text: this.#take(), isCut: false }];
  }

  #take(): string {
    const text = this.#held.slice(0, this.#read);
    this.#held = this.#held.slice(this.#read);
    this.#read = 0;
    this.#target = this.#key = this.#span = -1;
    this.#run = 0;
    this.#isPrivateKey = false;
    this.#opened = { link: false, host: false };
    return text;
  }

  /** Whether the piece ends with the character that was just read. */
  #endsWith(character: string): boolean {
    const isSpace = WHITE_SPACE.test(character);
    const isInSpan = this.#isInSpan(character);
    if (this.#key >= 0 && this.#isInKey(character)) return false;
    if (this.#target >= 0 && this.#isInTarget(character, isSpace)) return false;
    if (isInSpan) return false;
    if (isSpace) return !this.#beginsKey();
    if (character === "(" && this.#held.charAt(this.#read - 2) === "]") {
      this.#target = this.#read - 1;
      this.#depth = 1;
    }
    if (/[:/\\&[\]<!@wW_-]/.test(character)) this.#opened.link = true;
    else if (character === ".") this.#opened.host = true;
    if (this.#opened.link) return false;
    return ENDS_HOST.test(character) || (!this.#opened.host && UNSPACED.test(character));
  }

  /** Whether a code span is open that may still end on its line. It is filtered as a whole. */
  #isInSpan(character: string): boolean {
    if (character === "`") this.#run += 1;
    else if (this.#run > 0) {
      if (this.#span < 0) [this.#span, this.#spanMark] = [this.#read - 1, this.#run];
      else if (this.#spanMark === this.#run) this.#span = -1;
      this.#run = 0;
    }
    if (character === "\n" || this.#read - this.#span > MAX_SPAN) this.#span = -1;
    return this.#span >= 0 || this.#run > 0;
  }

  #isInTarget(character: string, isSpace: boolean): boolean {
    const escaped = this.#held.charAt(this.#read - 2) === "\\";
    if (character === "(" && !escaped) this.#depth++;
    if (character === ")" && !escaped) this.#depth--;
    const goesOn =
      this.#depth > 0 &&
      this.#read - this.#target <= MAX_TARGET &&
      (!isSpace || OPEN_TARGET.test(this.#held.slice(this.#target, this.#read)));
    if (!goesOn) this.#target = -1;
    return goesOn;
  }

  #beginsKey(): boolean {
    const start = this.#read - "-----BEGIN ".length;
    if (!KEY_BEGINS.test(this.#held.slice(Math.max(0, start), this.#read))) return false;
    this.#key = start;
    return true;
  }

  #isInKey(character: string): boolean {
    if (this.#isPrivateKey) {
      const end = this.#held.slice(Math.max(0, this.#read - KEY_LINE), this.#read);
      if (character === "-" && KEY_ENDS.test(end)) this.#key = -1;
      return this.#key >= 0;
    }
    const header = this.#held.slice(this.#key, this.#read);
    this.#isPrivateKey = PRIVATE_KEY_HEADER.test(header);
    if (!KEY_HEADER.test(header)) this.#key = -1;
    return this.#key >= 0;
  }
}
