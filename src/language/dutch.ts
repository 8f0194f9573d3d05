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
      vraagje, vraagje, kort vraagje, ik heb een vraag, ik heb een vraagje, hoe gaat het, hoe is het, hoe gaat het met je, hoe gaat het met u, alles goed, hoe gaat ie`),
    thanks:
      listed(`bedankt, dankjewel, dank je wel, dank u wel, dankuwel, dank je, dank u, hartelijk dank, hartelijk bedankt, heel erg bedankt, heel
      veel dank, veel dank, dank, thanks, super, top, perfect, prima, geweldig, dat helpt, dat was het, dat was alles, nee dank
      je, nee bedankt`),
    farewell:
      listed(`doei, doeg, dag, daag, tot ziens, tot straks, tot later, tot de volgende keer, fijne dag, fijne dag nog, nog een fijne dag,
      prettige dag, fijne avond, prettig weekend, fijn weekend, goede nacht, goedenacht, welterusten, groetjes, groeten, met
      vriendelijke groet, mvg, tot gauw, tot snel, tot morgen, later, de groeten, doei doei, tot dan`),
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
  cancel: listed(
    "annuleren, annuleer, stop, stoppen, laat maar, vergeet het, toch niet, ik wil niet meer, afbreken",
  ),
  yes: listed("ja, ja graag, ja precies, klopt, precies"),
  none: listed("nee, geen, geen van beide, geen van deze, geen van allen, niets daarvan"),
  choosing: listed("de, het, nummer, optie, artikel, graag, alsjeblieft"),
  asks: {
    words: {
      about: `betreffende omdat over wegens`,
      anyone: `collega* helpdesk iemand leidinggevende manager monteur personen persoon specialist supervisor team`,
      are: `ben chat is zijn`,
      call: `bel opbellen telefoneren terugbel*`,
      chat: `gedicht grap* hobby* liedje mop`,
      complaint: `belachelijk boos ergste klacht* klagen onacceptabel oplichters schande* slecht* teleurgesteld`,
      feedback: `compliment* fantastisch* geweldig* idee* suggestie* tevreden tip`,
      insult: `bek debiel* eikel* hoer* idio* klootzak* kut* lul* mongool rotop stom* sukkel* trut`,
      machine: `ai automaat bot chatbot computer geautomatiseerd* machine programma robot software`,
      me: `me mij ons terugbellen`,
      name: `heet naam`,
      not: `geen niet zonder`,
      other: `adres antwoord* begrijp* dank dicht direct door dringend eens email emailadres ga gaat geopend gesloten gewoon hallo helpt hier hoe
        hoi hou houd iets kun live maar mail mailadres meteen mijn mooi morgen niets nu nummer om open openingstijden openingsuren probleem
        rechtstreeks servicenummer snel spreekt taal tel telefonisch telefoon telefoonnummer* vandaag vertel* via vraag wanneer weer welk* werkt
        wissel* word* zaterdag zo zondag zouden`,
      person: `adviseur* agent* consulent* medewerker* mens mensen operator vertegenwoordiger*`,
      reach: `bereik* contactgegevens`,
      real: `echt* levend* menselijk* persoonlijk*`,
      speak: `chatten doorschakel* doorverbind* doorverbonden helpen overnemen praten schrijven spreken zetten`,
      test: `asdf* negeren probeersel qwer* test*`,
      tongue: `vlaams`,
      want: `alsjeblieft alstublieft aub doorverb* er even graag kan kun* laat liever mag moet willen zou`,
      you: `hebben je jij jouw jullie u uw`,
      "anyone reach": `klantendienst klantenservice support`,
      "are speak": `praat spreek`,
      "are you": `bent`,
      "call speak": `bellen`,
      "complaint insult": `waardeloos`,
      "reach speak": `contact`,
      "speak want": `geef nodig verbind* wil zet`,
    },
  },
};
