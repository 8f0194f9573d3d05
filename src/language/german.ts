import type { Language } from "./language.ts";
import { listed } from "./listed.ts";

export const GERMAN: Language = {
  code: "de",
  common:
    listed(`der, die, das, ist, ich, und, nicht, wie, was, wo, wann, mein, meine, meinen, meiner, ihr, sie, ein, eine, einen, einem, kann, zu,
    fur, fuer, mit, auf, von, den, dem, es, wird, wenn, habe, warum, bitte, noch, auch, oder, im, nach, bei, kein, keine, sind, hat,
    uber, ueber, gibt, mir, mich, wurde, man, zum, zur, ihre, wer, welche, bin, du, mal, danke, dir, los, will, jemand, jemanden,
    jemandem, mochte, moechte, bist, seid, ja, nein, am, hier, jetzt, so, dass, nur, schon, unsere, an, alles, euer, guten, ihnen,
    euch, ne, wollen, mochten`),
  smallTalk: {
    greeting:
      listed(`hallo, hallo zusammen, hallo liebes team, liebes team, hi zusammen, guten tag, guten morgen, guten abend, schonen
      guten tag, moin, moin moin, servus, gruss gott, gruess gott, gruezi, sehr geehrte damen und herren, kurze frage, eine kurze frage,
      eine frage, ich habe eine frage, ich hab eine frage, ich hab mal ne frage, ich hatte eine frage, hatte eine frage, mal ne frage, wie gehts, wie gehts dir, wie gehts ihnen, wie geht es dir, wie geht es ihnen, wie gehts euch, wie geht es euch, alles klar, alles gut, alles gut bei dir, na du, na, was geht, was geht ab, schonen tag zusammen, guten tag zusammen, wie lauft es, wie laufts, wie war dein tag, schonen guten morgen, schonen guten tag, moin moin, hallihallo, wie lauft es so bei dir, wie laufts so bei dir, frohe weihnachten, frohes neues jahr`),
    thanks:
      listed(`danke, dankeschon, dankeschoen, danke schon, danke schoen, danke sehr, vielen dank, vielen lieben dank, besten dank,
      herzlichen dank, lieben dank, tausend dank, merci, ich danke ihnen, ich danke dir, danke dir, danke ihnen, danke euch, super,
      perfekt, klasse, prima, das hilft, das hat geholfen, hat geholfen, das wars, das wars schon, das war alles, alles klar,
      nein danke, alles gut, dank, danke dir, danke ihnen, danke euch, lieben dank, vielen lieben dank, herzlichen dank, tausend dank, besten dank, ganz lieb, sehr nett, das ist nett, das hat geholfen, das hilft mir, sehr hilfreich, du bist super, gut gemacht, toll`),
    farewell:
      listed(`tschuss, tschuess, tschau, ciao, auf wiedersehen, wiedersehen, auf wiederschauen, bis bald, bis dann, bis spater,
      bis spaeter, schonen tag, schoenen tag, schonen tag noch, schoenen tag noch, einen schonen tag, einen schonen tag noch, schonen
      abend, schonen abend noch, einen schonen abend, schones wochenende, gute nacht, mach s gut, machs gut, mfg, mit freundlichen
      grussen, mit freundlichen gruessen, viele grusse, viele gruesse, liebe grusse, beste grusse, lg, vg, bis dann, bis bald, bis spater, bis morgen, machs gut, machen sie es gut, schones wochenende, schonen tag, schonen abend, schonen feierabend, mach es gut, ich bin dann mal weg, servus, ade, tschau, ciao, bis zum nachsten mal`),
    filler:
      listed(`passt, hm, hmm, ok, okay, ja, nein, gut, toll, super, ach so, achso, ah, aha, und, noch, erstmal, dann, fur die hilfe, fuer die hilfe,
      fur ihre hilfe, fur deine hilfe, fur eure hilfe, fur die info, fur die antwort, fur die schnelle antwort, fur die schnelle hilfe,
      im voraus, schon mal, nochmal, nochmals, wirklich, sehr, zusammen, heute, dir, ihnen, euch, auch, lieben, vielen, sehr, so lieb, sehr nett, echt nett, noch, ganz herzlich`),
  },
  openers: {
    hesitation: listed(
      `ok, okay, ah, ahm, aeh, aehm, hm, hmm, oh, tja, naja, entschuldigung, entschuldigen sie`,
    ),
    interjection: listed(
      `ja, gut, also, so, nun, na, bitte, bitte helfen sie mir, bitte um hilfe, hilfe, frage, sagen sie mal, sag mal`,
    ),
  },
  ordinals: [
    listed("eins, erste, ersten, erster, erstes"),
    listed("zwei, zweite, zweiten, zweiter, zweites"),
    listed("drei, dritte, dritten, dritter, drittes"),
  ],
  last: listed("letzte, letzten, letzter, letztes"),
  cancel: listed(
    "abbrechen, bitte abbrechen, abbruch, stopp, stop, halt, vergiss es, vergessen sie es, lass es, lassen sie es, lassen wir das, doch nicht, ich will nicht mehr, nicht mehr noetig, nicht mehr nötig",
  ),
  yes: listed(
    "ja, ja bitte, ja gerne, ja gern, gerne, gern, bitte ja, ja genau, genau, richtig, stimmt, jawohl",
  ),
  none: listed(
    "nein, keine, keins, keines, keins davon, keine davon, keines davon, nichts davon, weder noch",
  ),
  choosing: listed("das, die, der, den, dem, nummer, nr, option, punkt, bitte, artikel, zu"),
  asks: {
    words: {
      about: `bezuglich uber ueber wegen weil`,
      anyone: `beratung chef irgendjemand* irgendwer jemand* kolleg* leute* menschliche* person personen team vorgesetzte*`,
      are: `bin bist ist schreibe sind sitzt`,
      call: `ruf rufe* ruft`,
      chat: `freundin gedicht hobby* langweilig lieblings* lied los lustiges musik pizza wetter witz* sing* tanz*`,
      complaint: `abzocke armutszeugnis beschwer* enttaeusch* enttausch* frechheit katastroph* reklam* sauer schlecht* stinksauer unmoglich* unverschaemt* unverschamt* unzufrieden verarsch* wutend zumutung`,
      email: `email mail`,
      emailAddress: `emailadresse mailadresse`,
      feedback: `anregung* begeistert fantastisch* feedback gluckwunsch grossartig* idee* kompliment* lob* super toll* verbesserungsvorschlag* vorschlag*`,
      hours: `geschaftszeiten oeffnungszeiten offnungszeit* servicezeiten sprechzeiten`,
      insult: `arsch* depp* drecks* dummkopf fick* fresse hurensohn* idiot* klappe penner scheiss* schlampe spast* trottel* verpiss* vollidiot*
        wichser*`,
      machine: `automat* bot bots chatbot* computer computerprogramm ki maschine programm roboter* software`,
      me: `mich uns`,
      mine: `mein*`,
      name: `alt heiss* machst name*`,
      not: `kein* nicht`,
      open: `auf erreichbar geoffnet offen zu`,
      other: `ab alle anstatt antworte* aus bande bekomme blod* bloed* da dann darauf darf dazu dein denen dich ding direkt doch dringend dumm* e
        eigentlich einer einmal endlich erzaehl* erzahl* etwas funktioniert ganz gern* gespra* hab haben habt hallo halt hast helfen hi hilft ihn
        irgend lautet live* lustig* magst na nem nen ner nichts ok per rein sag sage scheiss schoen* schon* sehr sitze sofort soll* sondern
        sprecht sprichst statt um versteh* viel vom wechseln weiter wem wen wieder wir wuerde zuruck zusammen`,
      ours: `adresse nr nummer`,
      person: `agent* ansprechpartner* berater* kundenberater kundenbetreuer mensch menschen mitarbeiter* sachbearbeiter* telefonieren`,
      phone: `tel telefon telefonisch`,
      phoneNumber: `hotline kundenhotline rufnummer servicehotline servicenummer telefonnr telefonnummer*`,
      reach: `erreiche* kontakt kontaktdaten kontaktmoglichkeiten`,
      real: `echt* lebende* menschlich* persoenlich* personlich* richtige* wirkliche*`,
      speak: `chat chatten durch durchstellen hilfe mochte reden schalt* schreiben sprechbar sprechen stell* telefonieren ubergeben ubernehmen
        ubernimmt verbinde*`,
      test: `asdf* ignorieren probe qwer* test*`,
      tongue: `hollandisch`,
      want: `bitte gibt* hatte kann* koenn* konn* lass* lieber lust mag mochte* moechte* muss verbind* wollen wuerde* wurde*`,
      when: `heute jetzt morgen samstag* sonntag* wann wochenende`,
      you: `deine du euch euer eure* ihnen ihr ihre* sie dein*`,
      "are speak": `chatte rede spreche`,
      "call me": `ruckruf zuruckrufen`,
      "call phone": `anruf`,
      "reach speak": `kontaktieren`,
      "speak want": `bestehe brauche geben gebt gib hol holen weiterleiten will`,
      "anyone ours reach": `kundenbetreuung kundendienst kundenservice kundensupport support`,
      "are when you": `seid`,
      "call phone speak": `anrufen`,
    },
    questions: {
      reach: "Wie kann ich Sie kontaktieren und den Kundendienst erreichen?",
      hours: "Wie sind Ihre Öffnungszeiten und Servicezeiten?",
    },
  },
  reference: {
    continues:
      listed(`und, oder, aber, auch, dann, sondern, was ist mit, wie ist es mit, wie siehts aus mit, wie sieht es aus mit,
      was wenn, und wenn, gilt das auch, auch wenn, sogar, trotzdem, immer noch`),
    corrects:
      listed(`sorry, ich meine, ich meinte, meinte, ich meins, gemeint war, falsch, mein fehler, vertippt, ups, doch nicht, vielmehr,
      eigentlich, moment, korrektur`),
    rejects: listed("nicht, statt, anstatt, anstelle von"),
    pointsBack:
      listed(`es, dies, dieses, dieser, diesen, diesem, dafur, dafuer, damit, davon, daran, darauf, daruber, darueber, dazu, dagegen, darin,
      dabei, dort, dorthin, ihn, ihm, derselbe, dasselbe, dieselbe, stattdessen`),
    pointsBackAlone: listed("das, die, der, den, dem, sie"),
    prepositions:
      listed(`fur, fuer, zu, zum, zur, in, im, ins, auf, mit, ohne, von, vom, bei, beim, aus, an, am, nach, vor, wahrend, waehrend, uber,
      ueber, unter, pro, per, bis, seit, ab, wegen, gegen`),
    determiners: listed(
      "der, die, das, den, dem, des, ein, eine, einen, einem, einer, mein, meine, meinen, meinem, meiner, ihr, ihre, kein, keine",
    ),
    questionWords: listed(
      "wie, was, wann, wo, wohin, woher, welche, welcher, welches, welchen, wer, warum, wieso, weshalb, wieviel",
    ),
    auxiliaries:
      listed(`ist, sind, war, waren, bin, habe, hab, hat, haben, hatte, kann, konnen, koennen, konnte, konntet, muss, mussen, muessen, soll,
      darf, wird, werden, wurde, will, mochte, moechte, gibt, geht, funktioniert, brauche, gilt`),
    subjects: listed("ich, wir, man, du, ihr"),
    impersonal: listed("gibt es, es gibt, ist es moglich, ist es moeglich, geht es um, gibts"),
    measures:
      listed(`lange, lang, viel, viele, oft, kostet, kosten, preis, teuer, dauert, dauern, tage, zeit, weit, bald, gross, funktioniert,
      geht, passiert`),
  },
};
