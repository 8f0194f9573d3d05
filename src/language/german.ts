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
      eine frage, ich habe eine frage, ich hab eine frage, ich hab mal ne frage, ich hatte eine frage, hatte eine frage, mal ne frage`),
    thanks:
      listed(`danke, dankeschon, dankeschoen, danke schon, danke schoen, danke sehr, vielen dank, vielen lieben dank, besten dank,
      herzlichen dank, lieben dank, tausend dank, merci, ich danke ihnen, ich danke dir, danke dir, danke ihnen, danke euch, super,
      perfekt, klasse, prima, das hilft, das hat geholfen, hat geholfen, das wars, das wars schon, das war alles, alles klar,
      nein danke, alles gut`),
    farewell:
      listed(`tschuss, tschuess, tschau, ciao, auf wiedersehen, wiedersehen, auf wiederschauen, bis bald, bis dann, bis spater,
      bis spaeter, schonen tag, schoenen tag, schonen tag noch, schoenen tag noch, einen schonen tag, einen schonen tag noch, schonen
      abend, schonen abend noch, einen schonen abend, schones wochenende, gute nacht, mach s gut, machs gut, mfg, mit freundlichen
      grussen, mit freundlichen gruessen, viele grusse, viele gruesse, liebe grusse, beste grusse, lg, vg`),
    filler:
      listed(`ok, okay, ja, nein, gut, toll, super, ach so, achso, ah, aha, und, noch, erstmal, dann, fur die hilfe, fuer die hilfe,
      fur ihre hilfe, fur deine hilfe, fur eure hilfe, fur die info, fur die antwort, fur die schnelle antwort, fur die schnelle hilfe,
      im voraus, schon mal, nochmal, nochmals, wirklich, sehr`),
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
  yes: listed(
    "ja, ja bitte, ja gerne, ja gern, gerne, gern, bitte ja, ja genau, genau, richtig, stimmt, jawohl",
  ),
  none: listed(
    "nein, keine, keins, keines, keins davon, keine davon, keines davon, nichts davon, weder noch",
  ),
  choosing: listed("das, die, der, den, dem, nummer, nr, option, punkt, bitte, artikel, zu"),
  contact: {
    person:
      listed(`mensch, menschen, mitarbeiter, mitarbeiterin, mitarbeitern, berater, beraterin, kundenberater, kundenbetreuer,
      ansprechpartner, ansprechpartnerin, sachbearbeiter, sachbearbeiterin, agent, agenten`),
    anyone:
      listed(`person, personen, jemand, jemanden, jemandem, irgendjemand, irgendjemanden, irgendwer, vorgesetzten, vorgesetzter, chef,
      leute, leuten, kollege, kollegin, kollegen, support, kundendienst, kundenservice, kundensupport, kundenbetreuung, team`),
    real: listed(
      "echt, echte, echter, echten, echtem, richtige, richtiger, richtigen, lebende, lebenden, wirkliche, wirklichen",
    ),
    speak:
      listed(`sprechen, spreche, reden, rede, telefonieren, chatten, schreiben, verbinden, verbinde, verbindet, weiterleiten,
      durchstellen, anrufen, kontaktieren, brauche, will, mochte, moechte`),
    call: listed(
      "anrufen, anruf, ruf, rufe, ruft, rufen, zuruckrufen, zurueckrufen, ruckruf, rueckruf",
    ),
    me: listed("mich, uns, ruckruf, rueckruf, zuruckrufen, zurueckrufen"),
    machine: listed("bot, chatbot, roboter, maschine, computer, ki, automaten"),
    not: listed("nicht, kein, keine, keinem, keiner, keinen"),
    you: listed("ihr, sie, ihnen, euch, du, ihre, ihren, eure, euren, euer, deine, seid"),
    reach:
      listed(`kontakt, kontaktieren, kontaktdaten, kontaktmoglichkeiten, kontaktmoeglichkeiten, erreichen, erreiche, support,
      kundendienst, kundenservice, kundensupport, kundenbetreuung`),
    phoneNumber: listed(
      "telefonnummer, telefonnummern, telefonnr, rufnummer, hotline, servicenummer, kundenhotline, servicehotline",
    ),
    emailAddress: listed("emailadresse, mailadresse"),
    phone: listed("telefon, telefonisch, tel, anrufen, anruf"),
    email: listed("mail, email"),
    hours: listed(
      "offnungszeiten, oeffnungszeiten, geschaftszeiten, geschaeftszeiten, servicezeiten, sprechzeiten, offnungszeit",
    ),
    open: listed("geoffnet, offen, erreichbar, auf, zu"),
    when: listed(
      "wann, heute, jetzt, morgen, samstag, samstags, sonntag, sonntags, seid, wochenende",
    ),
    ours: listed(
      "nummer, nr, adresse, support, kundendienst, kundenservice, kundensupport, kundenbetreuung",
    ),
    other:
      listed(`ich, wir, man, es, das, die, der, den, dem, ein, eine, einen, einem, einer, mit, an, am, per, zu, zum, zur, von, vom, fur,
      fuer, bei, und, oder, bitte, gerne, gern, jetzt, sofort, endlich, mal, doch, bin, ist, sind, hab, habe, haben, habt, hat, gibt, kann,
      konnte, koennte, konnen, koennen, konnt, koennt, konnten, koennten, wurde, wuerde, will, wollen, mochte, moechte, mochten, darf, wie,
      was, wann, wo, welche, lautet, dumme, dummen, bloden, bloeden, scheiss, hier, hallo, hi, danke, ok, nur, e, ja, nein, auch, dringend,
      heute, live, ab, an, zuruck, zurueck, sehr, mir, mich, brauche, ruf, muss, direkt`),
    about: listed("wegen, uber, ueber, bezuglich, bezueglich, weil"),
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
