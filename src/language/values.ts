/** Platforms, each with its names. */
export const PLATFORMS = [
  ["android"],
  ["ios", "iphone", "ipad"],
  ["windows"],
  ["mac", "macos"],
  ["linux"],
];

/** Words for values that help centres tell versions of a thing by. */
export const VALUE_WORDS: ReadonlySet<string> = new Set([
  ...PLATFORMS.flat(),
  ..."web browser desktop mobile".split(" "),
  ..."free basic starter standard plus premium pro professional team business enterprise".split(
    " ",
  ),
]);

/** In front of the one of two ends that something comes from: "from iOS to Android". */
export const COMES_FROM = /\b(?:from|von|aus|depuis|desde|dal|van|od|z|ze)\s+(?:\p{L}{1,3}\s+)?$/iu;

/** In front of a value that is not meant: "I don't have Android", "anything but iOS". */
export const TURNS_DOWN =
  /(?<!\p{L})(?:not|no|dont|don['’]t|doesn['’]t|isn['’]t|isnt|without|(?:any|every)thing but|all but|except|instead of|rather than|nicht|kein\p{L}*|ohne|pas|sans|sin|non|senza|niet|geen|zonder|nie|bez|não|sem)(?!\p{L})[^,.;:!?\n]{0,24}$/iu;
