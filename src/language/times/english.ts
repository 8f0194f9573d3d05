import type { TimeWords } from "./time-words.ts";

export const english: TimeWords = {
  months: [
    "january|jan",
    "february|feb",
    "march|mar",
    "april|apr",
    "may",
    "june|jun",
    "july|jul",
    "august|aug",
    "september|sept|sep",
    "october|oct",
    "november|nov",
    "december|dec",
  ],
  joins: "of|the|on|in|year|end|early|mid",
  before: "before|prior to|pre|earlier than|older than",
  until: "until|till|til|thru|through|up to|valid to|expire[sd]|ended|ends|ending|no later than",
  since:
    "since|as of|as from|starting|starting from|effective|effective from|beginning|on or after|valid from",
  from: "from",
  after: "after|later than|newer than",
  orEarlier: "(?:and|or) (?:earlier|before|older|prior)",
  orLater: "(?:and|or) (?:later|after|newer|onwards?)|onwards?",
  to: "to|until|till|through|and",
  lastYear: "last years?|previous years?",
  lastMonth: "last months?|previous months?",
  yearsAgo: "# years? ago",
  monthsAgo: "# months? ago",
  numbers: { a: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6 },
  past: "used to (?:be|cost|have|offer|apply|charge)|back then|at that time|in the past|formerly|in those days|legacy|deprecated|obsolete|superseded",
  present: "now|nowadays|today|currently|at present|at the moment|these days|this year",
  old: "old|older|former|previous|prior|earlier|outdated|obsolete|legacy|superseded|expired|historical?|archived|deprecated|retired|withdrawn",
  rules:
    "polic(?:y|ies)|terms|conditions|prices?|pricing|price lists?|tariffs?|rates?|fees?|charges|rules?|regulations?|procedures?|process|warranty|guarantee|agreement|tariff plans?|pricing plans?",
  oldFollows: false,
  current: "current|new|newer|present|valid|up to date|latest|recent",
  label:
    "archived?|deprecated|obsolete|outdated|out of date|superseded|expired|old|legacy|former|historical?|retired|withdrawn|no longer (?:valid|in force|in effect|applicable|current)|not valid any ?more|(?:old|previous|earlier|former|superseded) (?:version|edition)",
  self: "(?:this|it)(?= (?:only )?(?:appl|is |was |has ))|(?:this|these|the following) (?:\\S+ ){0,2}?(?:polic(?:y|ies)|pages?|articles?|documents?|guides?|sections?|versions?|price lists?|prices|terms|conditions|rules|information|content|texts?|notice|procedure|faq|manual|offer|promotion|agreement)",
  gone: "(?:was|were|is|are|has been|have been) (?:\\S+ )?(?:replaced|superseded|withdrawn|retired|archived|deprecated|outdated|obsolete|out of date|expired|closed)(?:$|[.,;:!]| (?:by|with|on|in|since|as|and|for))|(?:is|are) no longer (?:valid|in force|in effect|in use|current|up to date|maintained|applicable|available|updated)|no longer appl(?:y|ies)|(?:does|do) not apply any ?more",
  applies:
    "appl(?:y|ies|ied)|(?:is|are|was|were) (?:only )?(?:valid|in force|in effect)|(?:valid|effective|in force|applicable)",
  refers: "see|refer to|go to|read",
  filler: "orders?|placed|purchases?|purchased|made|bought|contracts?|signed|customers?|for|only",
  version: "version|ver|v",
};
