/** Function words, which say nothing about what a question is about. Parts of contractions stand among them: `didn`, `ll`. */
export const STOP_WORDS = new Set(
  `a about again all also am an and any anyone anything are aren as at be because been before being but by can cannot
  come could couldn d did didn do does doesn doing don done dont each else ever every for from get getting give go going
  got guys had has hasn have haven having he hello help her here hey hi him his how i if im in into is isn it its ive
  just know know let like ll m make many may me mean might mine more most much must my need no not now of off on one
  only or other our out over own please pls put re really s same say see shall she should so some someone something
  still such t take tell than thank thanks that the their them then there these they thing things this those though to
  too try trying u up us use ve very want wanted was wasn way we well were what whats when where whether which while
  who whom whose why will with won would wouldn yes yet you your yours`.split(/\s+/),
);

/** Content words that say how something is asked for ("how long", "what does it cost"), not what is asked about. */
export const MEASURE_WORDS = new Set(
  "long much many cost costs price days time far soon often big work works happen happens".split(
    " ",
  ),
);

const QUESTION_WORDS = "how|what|when|where|which|who|why";
const ASKS = `(?:${QUESTION_WORDS}|can|could|do|does|did|is|are|will|would|should|may)`;

export const QUESTION_WORD = new RegExp(String.raw`\b(?:${QUESTION_WORDS})\b`, "i");
/** A sentence that ends with a question mark or opens as a question does. */
export const QUESTION = new RegExp(String.raw`[?？؟]\s*$|^\W*(?:and\s+|also\s+)?${ASKS}\b`, "i");
/** "…, and how do I …": a second question begins after the conjunction. */
export const BEFORE_NEXT_QUESTION = new RegExp(
  String.raw`[,;]?\s+(?:and|also|plus)\s+(?:also\s+)?(?=${ASKS}\b)`,
  "i",
);

/** How a follow-up opens. */
export const OPENS_FOLLOW_UP =
  /^\s*(?:(?:and|or|but|also|then|so|what about|how about|what if|same|actually|sorry|i mean|i meant)\b|no\W+\w)/i;
/** Words that refer to what was said before. "Is there a warranty?" refers to nothing. */
export const REFERS_BACK =
  /\b(?:it|its|that|this|these|those|they|them|their|(?<!\b(?:is|are)\s)there|one|ones|same|instead)\b/i;

/** Messages that are small talk as a whole, in lower case and without punctuation. Greetings and thanks of some other languages are included. */
export const SMALL_TALK = {
  greeting:
    /^(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|hallo|hola|bonjour|ciao|servus)(?: there| again| all)?$/,
  thanks:
    /^(?:(?:ok|okay|great|perfect|cool|super)? ?(?:thanks|thank you|thx|ty|cheers|danke|merci|gracias)(?: a lot| so much| very much| you)?|great|perfect|awesome|got it|that helps|that helped)$/,
  farewell: /^(?:bye|goodbye|bye bye|see you|see ya|have a (?:nice|good) (?:day|one|evening))$/,
};

/** Replies that choose the first, second or third of the offered titles. */
export const ORDINALS = [
  /^(?:1|one|(?:the )?first)(?: one)?$/,
  /^(?:2|two|(?:the )?second)(?: one)?$/,
  /^(?:3|three|(?:the )?third)(?: one)?$/,
];

export const NEGATION =
  /\b(?:not|no|never|cannot|without|none|neither|nor|unable|unavailable|impossible|excluded|forbidden|prohibited|\w+n['’]t)\b/i;
/** Words after which a negation, or its absence, says little: conditions, exceptions, limits ("no more than") and prices of nothing ("no fee"). */
export const MAY_MEAN_EITHER =
  /\?|\b(?:if|unless|except|only|just|until|whether|otherwise|other than|instead|matter|worry|(?:no|not) (?:longer|more|later|less|fewer|sooner) than|(?:no|without) (?:\w+ )?(?:costs?|charges?|fees?))\b/i;
/** Splits a sentence into clauses, each of which can be negated on its own. */
export const BETWEEN_STATEMENTS =
  /[;:]\s|,\s+(?=(?:and|but|so|yet|or|which)\b)|\b(?:but|while|although|however)\b|\band (?=not\b)/i;

/** Splits a sentence into clauses, each of which has its own amounts. */
export const BETWEEN_AMOUNTS = /[;:,]\s|\b(?:and|but|or|while)\b/;
/** Matches the text after a number; the group is its unit. A range ("3–5") and an adjective ("business days") are skipped. */
export const UNIT =
  /^(?:\s*[–-]\s*\d+(?:[.,]\d+)*)?\s*(?:(?:business|working|calendar|full)\s+)?(\p{L}+|[%€£¥$])/iu;
