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
      domanda, come va, come stai, come sta, come state, tutto bene, che si dice`),
    thanks:
      listed(`grazie, grazie mille, mille grazie, molte grazie, grazie tante, tante grazie, ti ringrazio, vi ringrazio, la ringrazio, perfetto,
      ottimo, fantastico, e tutto, no grazie`),
    farewell:
      listed(`arrivederci, arrivederla, a presto, a dopo, ci vediamo, addio, buona giornata, buona serata, buona notte, buonanotte, buon fine
      settimana, buon weekend, cordiali saluti, saluti, buon proseguimento, alla prossima, ci sentiamo, a domani, stammi bene, ciao ciao, buona continuazione`),
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
  cancel: listed(
    "annulla, annullare, annulli, stop, basta, fermati, lascia stare, lasci stare, lascia perdere, ho cambiato idea, meglio di no",
  ),
  yes: listed("si, si grazie, esatto, proprio quello"),
  none: listed("no, nessuno, nessuna, nessuno dei due, nessuno di questi, niente di tutto cio"),
  choosing: listed("il, la, lo, numero, opzione, articolo, per favore"),
  asks: {
    words: {
      about: `circa perche riguard*`,
      anyone: `collega colleghi person* qualcuno responsabile servizio staff supervisore team tecnico`,
      are: `e risponde sto`,
      call: `chiamar* chiamate* richiam* telefonar*`,
      chat: `barzellett* canzone hobby meteo poesia`,
      complaint: `delus* disastro inaccettabil* lament* pessim* reclam* scandalos* schifo truffa vergogn*`,
      feedback: `adoro bravi complimenti consiglio fantastic* idea suggeriment*`,
      insult: `bastard* cazzo coglion* cretin* deficient* idiot* imbecill* inutil* merda* puttan* stronz* stupid* vaffanculo`,
      machine: `automa* bot chatbot computer ia macchina programma robot software`,
      me: `chiamarmi chiamatemi ci me richiama*`,
      name: `chiami nome`,
      not: `nessun niente non senza`,
      other: `a adesso aiut* ancora apert* aprite buongiorno cambiare capisc* carne cellulare chiu* ciao client* cortesemente da davvero dimmi
        direttamente domenica email far fare funziona gentilmente indirizzo io lingua mail mia mie miei mio no nulla numero oggi ok ora orari*
        ore parla parlate pass* problema qua qual quali quando qui racconta* raggiungibili rispond* sabato salve solo subito tel telefonare
        telefonico telefono uno urgente urgentemente zitto`,
      person: `addett* agent* consulent* essere impiegat* operat* rappresentante uman*`,
      reach: `contattarvi contatto`,
      real: `ossa real* vera vero viva vivo`,
      speak: `chattare collegar* conversare inoltra* mett* parlando parlar* parli passami passar* passatemi passi risponda scrivere`,
      test: `asdf* prov* qwer* test*`,
      want: `c ce desidero esigo fammi fate* favore mettet* passa* poss* potete potr* preferi* puo puoi serve vorr*`,
      you: `avete hai lei sua suo ti tu tua tuo voi vostr*`,
      "anyone reach": `assistenza supporto`,
      "are speak": `parlo`,
      "are you": `sei siete`,
      "me speak": `mi`,
      "reach speak": `contattare`,
      "speak want": `bisogno metter* trasfer* voglio`,
    },
  },
};
