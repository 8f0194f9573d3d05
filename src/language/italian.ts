import type { Language } from "./language.ts";
import { listed } from "./listed.ts";

export const ITALIAN: Language = {
  code: "it",
  common:
    listed(`il, lo, la, i, gli, le, e, non, come, quando, dove, mio, mia, un, una, di, del, della, che, in, per, con, si, posso, ho, questo,
    questa, quanto, quale, su, sono, al, vorrei, ma, piu, molto, c, l, d, nel, mi, ce, chi, devo, o, grazie, dei, alla, sei, ti, vi,
    lei, suo, sua, nostro, nostra, gia, sul, nella, dal, entro, anche, senza, essere, favore, dalla, dopo, se, siete`),
  smallTalk: {
    greeting:
      listed(`ciao, ciao a tutti, salve, buongiorno, buon giorno, buonasera, buona sera, buon pomeriggio, una domanda, ho una domanda, avrei una
      domanda`),
    thanks:
      listed(`grazie, grazie mille, mille grazie, molte grazie, grazie tante, tante grazie, ti ringrazio, vi ringrazio, la ringrazio, perfetto,
      ottimo, fantastico, e tutto, no grazie`),
    farewell:
      listed(`arrivederci, arrivederla, a presto, a dopo, ci vediamo, addio, buona giornata, buona serata, buona notte, buonanotte, buon fine
      settimana, buon weekend, cordiali saluti, saluti`),
    filler:
      listed(`ok, okay, si, no, va bene, bene, molto bene, ah, oh, e, capito, davvero, ancora, di nuovo, per laiuto, per il tuo aiuto, per il
      vostro aiuto, per il suo aiuto, per la risposta, per le informazioni, in anticipo, a tutti`),
  },
  openers: {
    hesitation: listed("ok, okay, ehm, mmm, ah, oh, scusa, scusi, scusate"),
    interjection: listed("si, allora, beh, bene, senta, senti, per favore, aiuto, domanda"),
  },
  ordinals: [
    listed("uno, una, primo, prima"),
    listed("due, secondo, seconda"),
    listed("tre, terzo, terza"),
  ],
  last: listed("ultimo, ultima, lultimo, lultima"),
  yes: listed("si, si grazie, esatto, proprio quello"),
  none: listed("no, nessuno, nessuna, nessuno dei due, nessuno di questi, niente di tutto cio"),
  choosing: listed("il, la, lo, numero, opzione, articolo, per favore"),
};
