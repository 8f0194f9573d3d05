import type { Language } from "./language.ts";
import { listed } from "./listed.ts";

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

/** Words of an English question that change nothing in what it asks. All others do: "to Pro" is not "from Pro", "do I pay" is not "do you pay". */
export const FILLERS = new Set(
  `am are can could did do does hello hey hi is just kindly may please pls so the then want wanted was well were will would`.split(
    /\s+/,
  ),
);

/** The ending of a contraction or a possessive: "you'll", "user's". */
export const CONTRACTED = /'(?:s|t|d|m|ll|re|ve)$/;

/** Content words that say how something is asked for ("how long", "what does it cost"), not what is asked about. */
const MEASURES = listed(
  "long, much, many, cost, costs, price, days, time, far, soon, often, big, work, works, happen, happens",
);
export const MEASURE_WORDS = new Set(MEASURES);

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

/** "Compare the plans", "what is the difference between …". */
export const COMPARES =
  /\b(?:compare|comparing|comparison|compared|differences?|differ|versus|vs)\b/i;

const BACK = "it|its|that|this|these|those|they|them|their|one|ones|same|instead";
/** Words by which a document's sentence refers to the one before. "Is there a warranty?" refers to nothing. */
export const REFERS_BACK = new RegExp(String.raw`\b(?:${BACK}|(?<!\b(?:is|are)\s)there)\b`, "i");
/** The pronouns whose noun may stand in the same message. */
export const STANDS_FOR_NOUN = new Set("it its they theyre them their one ones".split(" "));

/** Behind "that", they begin a clause about the noun in front of it: "the pump that I bought". */
export const CLAUSE_SUBJECTS = new Set("i im ive id you youve we weve he she they".split(" "));
/** "Is it safe to …", "does it matter if …": here "it" stands for what follows. */
export const JUDGEMENTS = new Set(
  `possible ok okay safe allowed normal necessary worth better fine legal true bad good best dangerous hard difficult easy
  enough important take cost matter`.split(/\s+/),
);
export const OPENS_JUDGED = new Set("to that if when for whether".split(" "));

/** Nobody who is to answer a visitor: "transfer it to another person". */
export const OTHER_PERSON = /\b(?:another|other|second|each|per|one) person\b|\bin person\b/i;

/** What "so" in front of makes a measure or a conjunction, and no opener. */
export const AFTER_SO = new Set("much many far long that little few called soon".split(" "));

export const ENGLISH = {
  code: "en",
  common:
    listed(`the, is, are, my, i, you, do, does, did, how, what, when, where, can, to, of, and, for, with, it, this, that, your, not, have,
    want, get, why, which, there, we, please, would, if, on, be, will, from, much, long, about, need, was, in, at, an, who, should,
    could, has, me, or, but, don, im, ive, am, any, no, yes, so, by, as, been, they, its, us, our, up, out, after, before, real, talk,
    tell, just, u, r`),
  smallTalk: {
    greeting:
      listed(`hi, hello, hey, heya, hiya, yo, howdy, hi there, hello there, hey there, hi again, hello again, hey again, hi all, hey all,
      hello all, hi team, hello team, hey team, hi guys, hey guys, hello everyone, hi everyone, good morning, good afternoon, good evening,
      good day, good morning all, good morning everyone, good morning team, good afternoon team, good evening team, dear team, dear support, dear
      support team, dear customer service, dear customer support, dear sir or madam, dear sir,
      dear madam, how are you, how are you doing, hope you are well, hope youre well, i hope you are well, i hope youre well,
      hope you are doing well, i hope this finds you well, nice to meet you, quick question, a quick question, just a quick question,
      quick one, i have a question, i have a quick question, i just have a question, ive a question, ive got a question, i got a question,
      got a question, got a quick question, question for you, quick question for you, may i ask you something, can i ask a question,
      can i ask you something, can i ask you a question, how are you today, how is it going, hows it going, whats up, sup, wassup, how do you do, how was your day, hows your day, how is your day, how are things, hows life, merry christmas, happy new year, happy holidays`),
    thanks:
      listed(`thanks, thank you, thankyou, thank u, thanx, thx, thnx, tnx, tks, ty, tysm, tyvm, cheers, ta, many thanks, thanks a lot,
      thanks a bunch, thanks a million, thanks a ton, much appreciated, i appreciate it, appreciate it, appreciated, great, perfect, awesome,
      excellent, brilliant, amazing, fantastic, wonderful, lovely, got it, understood, that helps, that helped, this helps, this helped,
      it helped, very helpful, really helpful, that was helpful, that was quick, good to know, nice one, that worked, it worked, it works,
      it works now, that works, problem solved, solved, all good, all set, thats all, that is all, thats it, thats everything, thatll be all,
      that will be all, nothing else, thats all i need, thats all i needed, you rock, youre the best, youre a star, you are the best,
      you saved me, lifesaver, no thanks, no thank you, no need, thanks so much, thank you kindly, bless you, thats great, that is great, thats perfect, you were a great help, youve been a great help, you helped me a lot, very kind, so kind, nice work, good job, well done, good bot, god bless`),
    farewell:
      listed(`bye, goodbye, good bye, bye bye, byebye, see you, see ya, see you later, see you soon, cya, talk later, talk to you later,
      talk soon, ttyl, take care, good night, goodnight, farewell, until next time, till next time, have a nice day, have a good day,
      have a great day, have a lovely day, have a nice one, have a good one, have a great one, have a nice evening, have a good evening,
      have a great evening, have a nice weekend, have a good weekend, have a great weekend, have a good night, enjoy your day,
      kind regards, best regards, regards, best wishes, ciao, have a good one, so long, until later, im off, gotta go, i have to go, see you around, see you tomorrow, catch you later, peace out, later, nice talking to you, nice chatting with you`),
    filler:
      listed(`hm, hmm, mhm, ok, okay, okey, okie, k, kk, oh, ah, aha, alright, all right, right, cool, super, nice, good, fine, sweet, yes, yeah, yep,
      yup, no, nope, sure, well, wow, and, then, so, so much, very much, a lot, for your help, for the help, for helping, for helping me,
      for all your help, for your time, for the info, for the information, for that, for this, for everything, for the quick reply,
      for the quick response, for the answer, in advance, again, mate, man, buddy, bro, dude, friend, guys, team, everyone, everybody, all,
      there, now, for now, anyway, too, really, truly, you, you too, indeed, im good, i will try that, ill try that, ill try, will do, today, to you, to all, so kind, very kind`),
  },
  openers: {
    hesitation:
      listed(`ok, okay, so, um, umm, uh, uhm, uhh, erm, hm, hmm, hmmm, mhm, mmm, ah, oh, eh, excuse me, sorry to bother you, sorry to bother you but,
      sorry to bother, sorry to ask, sorry for bothering you`),
    interjection:
      listed(`er, please, please help, please help me, pls help, plz help, help, help please, help me, help me please, i need help,
      i need some help, question, a question, another question, one more question, one question, one more thing, next question, listen, look,
      hold on, wait, greetings, morning, afternoon, evening, hello fellow humans, dear all, dear sirs, just wondering, wondering, by the way,
      btw, anyway, i see, no worries, no problem, makes sense, interesting`),
  },
  ordinals: [
    listed("1, number one, option one, first, 1st, top, former"),
    listed("2, two, second, 2nd"),
    listed("3, three, third, 3rd"),
  ],
  last: listed("last, latter, bottom"),
  cancel: listed(
    "cancel, cancel it, cancel that, cancel this, cancel please, please cancel, stop, stop it, stop that, stop please, please stop, never mind, nevermind, forget it, forget that, forget about it, quit, abort, leave it, i changed my mind, ive changed my mind, changed my mind, i dont want that anymore, i dont want to, lets stop",
  ),
  yes: listed(`yes, yes please, yes pls, yes thanks, yes thank you, yes do, please do, go ahead, sure please, ok yes, yeah, yep, yup, correct, exactly, right, thats right, thats it, that one, this one, yes that one, yes it is,
    sure, y`),
  none: listed(`no, nope, nah, none, neither, none of these, none of them, none of those, none of the above, neither of these, neither of them,
    not really, no none of them, no none of these, no neither, nothing of that, no not that, not that, n`),
  choosing: listed(
    "the, one, number, no, nr, option, article, choice, answer, please, pls, i, mean, meant, think, its, it, is, want, take",
  ),
  asks: {
    words: {
      about: `about because concerning regarding since`,
      anyone: `agents anybody anyone assistant associate attendant clerk colleague expert guy manager member people service somebody someone
        specialist staff supervisor team* technician`,
      are: `am being is r ru`,
      call: `ring`,
      chat: `bored boyfriend dance favourite football funny girlfriend hobb* joke* lonely movie* music pizza poem raining secret sleep song sunny
        weather fun`,
      complaint: `angry awful complain* disappoint* disgrace* disgust* fed furious horrible joke lousy pathetic ridiculous rude scam terrible unacceptable worst`,
      email: `email mail`,
      emailAddress: `emailaddress`,
      feedback: `amazing compliment* congrat* delicious fantastic feedback great idea love suggest*`,
      hours: `businesshours hours openinghours`,
      insult: `asshole* bastard* bitch* crap dumbass f fuck* idiot* junk loser* moron* piss retard* screw scum shit* stfu suck* wanker*`,
      machine: `ai bot bots chatbot computer machine robot`,
      me: `back me us`,
      mine: `mine my`,
      name: `made name* old`,
      not: `dont instead never no not stop than without`,
      open: `available close* open opened reachable staffed`,
      other: `a again another answer asap automated best bloody bro business cant care cent* change continue damn day department desk details
        directly doesnt dude dumb e else ever everything finally find freaking got hello help helping helps here hey hi hold id immediate* info
        information isnt issue know language* madam man moment more mr mrs myself nice office ok okay only opening over piece possible problem
        question really reply right say send shop shut sick sing sir some still story stupid thank* then thing through tired told too try trying
        understand until urgent* useful useless very via virtual way ways weekday well whats wheres whichever whoever work*`,
      ours: `address company line nr number*`,
      person: `advis* agent employee human* operator person rep representative*`,
      phone: `fone landline phone tel telephone`,
      phoneNumber: `helpline hotline phoneline`,
      reach: `contacting contacts touch`,
      real: `actual live living proper real`,
      speak: `assist bring chat chatting connected hand message request respond speak* switch take talk* write called`,
      test: `asdf* checking ignore qwer* test*`,
      want: `can could let lets like may must pass please pls plz prefer rather there wanna`,
      when: `now saturday* sunday* time* today tomorrow weekdays weekend* when`,
      you: `u ur you your*`,
      "are not": `arent`,
      "are when": `are`,
      "call me": `callback`,
      "feedback want": `wish`,
      "ours reach": `customer helpdesk`,
      "reach speak": `contact reach`,
      "speak want": `connect demand escalate forward get give need put transfer want`,
      "anyone ours reach": `support`,
      "call phone speak": `call`,
    },
    questions: {
      reach: "How do I contact you or reach your support team?",
      hours: "What are your support hours and opening hours?",
    },
  },
  reference: {
    continues: listed(
      "and, or, but, also, then, plus, what about, how about, what if, same, actually, even, still",
    ),
    corrects:
      listed(`sorry, sry, i mean, i meant, meant, i was wrong, oops, my mistake, my bad, correction, wrong, wait no, actually,
      rather, hang on, scratch that, typo`),
    rejects: listed("not, instead of, rather than, isnt"),
    pointsBack: listed(
      "it, its, that, this, these, those, they, them, their, ones, same, there, thats, theyre",
    ),
    pointsBackAlone: ["one"],
    prepositions:
      listed(`for, to, in, on, with, without, from, at, by, of, via, after, before, during, within, under, over, per, into,
      inside, outside, than, like`),
    determiners: listed(
      "the, a, an, my, our, your, his, her, their, this, some, any, another, every, each",
    ),
    questionWords: listed("how, what, when, where, which, who, why, whats, wheres, hows"),
    auxiliaries:
      listed(`am, is, are, was, were, do, does, did, can, could, will, would, should, may, must, have, has, had, cant, dont, didnt, doesnt,
      isnt, arent, wont, wouldnt`),
    subjects: listed(
      "i, im, ive, ill, id, we, you, u, he, she, they, it, theres, its, need, want, tell, show",
    ),
    impersonal: listed(
      "is there, are there, was there, were there, isnt there, arent there, which one, which ones, one of, no one, its own, their own",
    ),
    measures: MEASURES,
  },
} satisfies Language;

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

/** The whole text in place of an image that says nothing of what it shows. */
export const NO_DESCRIPTION =
  /^(?:(?:an? |the )?(?:images?|img|pictures?|pics?|photos?|screen ?shots?|video|youtube(?: video(?: player)?)?|(?:image|video) placeholder|placeholder|untitled|alt(?:ernative)? ?text|thumbnail))$/i;
