/**
 * What kind of value a question asks for, and what such a value looks like in a text. Questions in other languages than
 * English simply ask for none; an answer of no particular kind is never held against a passage.
 */
interface AnswerType {
  asks: RegExp;
  value: RegExp;
}

const TYPES: AnswerType[] = [
  {
    asks: /\b(?:how (?:long|soon|fast|quick\w*|many (?:days|weeks|months|hours))|when|what time|deadline|until|till)\b/i,
    value:
      /\b\d+(?:[–-]\d+)?\s*(?:business |working )?(?:day|week|month|year|hour|minute|second|h\b|am\b|pm\b|%)|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\bnoon\b|\b\d{1,2}:\d{2}|\b\d+(?:st|nd|rd|th)\b/i,
  },
  {
    asks: /\b(?:how much|prices?|costs?|fees?|charges?|expensive|cheap\w*)\b/i,
    value: /[$£€¥]\s?\d|\d\s?[$£€¥]|\bfree\b|\d\s?%|\bno (?:fee|charge|cost)/i,
  },
  {
    asks: /\b(?:how (?:many|big|tall|heavy|far|often|high|wide|deep|old|loud|warm|hot|cold)|dimensions?|size|weigh\w*|number|temperature)\b/i,
    value: /\d/,
  },
];

/** Whether a text holds a value of a kind that the question asks for; undefined when it asks for none in particular. */
export function answersKindOf(question: string): ((text: string) => boolean) | undefined {
  const values = TYPES.filter(({ asks }) => asks.test(question)).map(({ value }) => value);
  return values.length > 0 ? (text) => values.some((value) => value.test(text)) : undefined;
}
