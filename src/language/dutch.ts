import type { Language } from "./language.ts";
import { listed } from "./listed.ts";

export const DUTCH: Language = {
  code: "nl",
  common:
    listed(`de, het, een, is, ik, en, niet, hoe, wat, wanneer, waar, mijn, je, jullie, kan, van, voor, met, op, te, dat, die, er, zijn, heb,
    wil, mag, naar, aan, bij, wordt, waarom, als, nog, ook, of, geen, deze, dit, hoeveel, u, uw, wie, moet, in, mij, bedankt, graag,
    ben, bent, hebt, heeft, ons, onze, wij, we, zonder, ja, nee, kunnen, uit, aub, alstublieft, wel, dan, bestelling, iemand`),
  smallTalk: {
    greeting:
      listed(`hallo, hallo allemaal, hoi, hoi hoi, hey, goedemorgen, goedemiddag, goedenavond, goedendag, goeiedag, een vraag, een
      vraagje, vraagje, kort vraagje, ik heb een vraag, ik heb een vraagje`),
    thanks:
      listed(`bedankt, dankjewel, dank je wel, dank u wel, dankuwel, dank je, dank u, hartelijk dank, hartelijk bedankt, heel erg bedankt, heel
      veel dank, veel dank, dank, thanks, super, top, perfect, prima, geweldig, dat helpt, dat was het, dat was alles, nee dank
      je, nee bedankt`),
    farewell:
      listed(`doei, doeg, dag, daag, tot ziens, tot straks, tot later, tot de volgende keer, fijne dag, fijne dag nog, nog een fijne dag,
      prettige dag, fijne avond, prettig weekend, fijn weekend, goede nacht, goedenacht, welterusten, groetjes, groeten, met
      vriendelijke groet, mvg`),
    filler:
      listed(`ok, oke, okay, ja, nee, goed, mooi, ah, oh, en, nog, alvast, nogmaals, zeer, voor de hulp, voor je hulp, voor uw hulp, voor de
      info, voor de informatie, voor het antwoord, echt, erg`),
  },
  openers: {
    hesitation: listed(`ok, oke, okay, eh, ehm, uhm, hmm, ah, oh, pardon, sorry voor het storen`),
    interjection: listed("ja, goed, dus, alsjeblieft, help, vraag, luister"),
  },
  ordinals: [listed("een, eerste, 1e"), listed("twee, tweede, 2e"), listed("drie, derde, 3e")],
  last: listed("laatste"),
  yes: listed("ja, ja graag, ja precies, klopt, precies"),
  none: listed("nee, geen, geen van beide, geen van deze, geen van allen, niets daarvan"),
  choosing: listed("de, het, nummer, optie, artikel, graag, alsjeblieft"),
};
