/**
 * Light stemmers: they take away endings of number, gender and case, and hardly any of verbs. Each is a list of replacements, one after the
 * other, of a folded word (`text/fold.ts`), so that a word typed without its accents has the same stem. Those of German, French, Spanish,
 * Italian, Portuguese, Russian, Swedish and Norwegian follow Savoy (Light stemming approaches for the French, Portuguese, German and
 * Hungarian languages, SAC 2006; members.unine.ch/jacques.savoy/clef), as Lucene's `…LightStemmer` and `…MinimalStemmer` do; Arabic follows
 * light10 (Larkey, Ballesteros, Connell 2007), and Polish takes away the endings of declension. English has Porter's (`text/stems.ts`).
 */
type Stemmer = [ending: RegExp, replacement: string][];

const NORDIC: Stemmer = [
  [/(?<=.{3})s$/, ""],
  [
    /(?<=.{3})(?:hetene|heten|heter|arna|erna|orna|aren|aste|ande|ende|are|ast|het|dom|ene|ane|ar|er|or|en|et|at|te|[aent])$/,
    "",
  ],
];

/** By ISO 639-1 code, those of languages in Latin script. */
const LATIN: Record<string, Stemmer> = {
  de: [
    [/(?<=.{3})(?:ern|em|en|er|es|e|(?<=[bdfghklmnt])s)$/, ""],
    [/(?<=.{3})(?:est|er|en|(?<=[bdfghklmnt])st)$/, ""],
  ],
  fr: [
    [/(?<=.{2})aux$/, "al"],
    [/(?<=.{3})[sx]$/, ""],
    [/(?<=.{3})(?:er|ee|e)$/, ""],
  ],
  es: [
    [/(?<=.{2})ces$/, "z"],
    [/(?<=.{3})(?:[aeo]s|[aeo])$/, ""],
  ],
  it: [[/(?<=.{3})(?:[hi][ei]|i[ao]|[aeio])$/, ""]],
  pt: [
    [/(?<=.{2})(?:[ao]es|aos)$/, "ao"],
    [/(?<=.{2}[aeo])is$/, "l"],
    [/(?<=.{2})ns$/, "m"],
    [/(?<=.{2}[rz])es$/, ""],
    [/(?<=.{3})s$/, ""],
    [/(?<=.{3})[aeo]$/, ""],
  ],
  nl: [
    [/(?<=.{3})s$/, ""],
    [/(?<=.{3})(?:en|e)$/, ""],
    [/([bdfgklmnprst])\1$/, "$1"],
  ],
  pl: [[/(?<=.{3})(?:owie|ami|ach|owi|ego|emu|ymi|imi|ych|ich|om|ow|em|ym|im|ej|[aeiouy])$/, ""]],
  sv: NORDIC,
  no: NORDIC,
  nb: NORDIC,
  nn: NORDIC,
  da: NORDIC,
};

const RUSSIAN: Stemmer = [
  [
    /(?<=.{3})(?:иями|оями|иям|иях|оях|ями|оям|ами|его|ему|ими|ого|ому|ыми|оев|ая|яя|ях|юю|ах|ею|их|ия|ию|ою|ую|ям|ых|ея|ам|ем|ей|ев|ий|им|ое|ой|ом|ов|ые|ый|ым|ми|[аеиоуйыьяю])$/,
    "",
  ],
  [/(?<=.{3})[ьи]$/, ""],
];

const ARABIC: Stemmer = [
  [/^[وف]?(?:ال|بال|كال|لل)(?=.{3})/, ""],
  [/(?<=.{3})(?:ها|ان|ات|ون|ين|يه|ه|ي)$/, ""],
];

/** Shorter words have no ending to lose. */
const WORD = /^\p{L}{3,}$/u;
const ARABIC_SCRIPT = /^\p{sc=Arab}/u;
const CYRILLIC_SCRIPT = /^\p{sc=Cyrl}/u;
/** Languages in Arabic script whose words have no Arabic endings. */
const NOT_ARABIC = new Set(["fa", "ur", "ps", "ku", "ckb", "ug", "sd"]);

/**
 * The stems of a folded word, each once.
 * @param language of its text as an ISO 639 code, `de` or `de-AT`; null if it is unknown, which gives the stems of all languages of the
 * word's script
 * @returns empty for a word without a stemmer, as of English
 */
export function lightStems(word: string, language: string | null): string[] {
  if (language === "en" || !WORD.test(word)) return [];
  return [...new Set(stemmersFor(word, language).map((stemmer) => stem(word, stemmer)))];
}

function stemmersFor(word: string, language: string | null): Stemmer[] {
  const code = language?.toLowerCase().split(/[-_]/)[0] ?? "";
  if (CYRILLIC_SCRIPT.test(word)) return [RUSSIAN];
  if (ARABIC_SCRIPT.test(word)) return NOT_ARABIC.has(code) ? [] : [ARABIC];
  if (language === null) return Object.values(LATIN);
  const stemmer = LATIN[code];
  return stemmer ? [stemmer] : [];
}

function stem(word: string, stemmer: Stemmer): string {
  return stemmer.reduce((left, [ending, replacement]) => left.replace(ending, replacement), word);
}
