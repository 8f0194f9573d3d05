import type { Language } from "./language.ts";
import { listed } from "./listed.ts";

export const POLISH: Language = {
  code: "pl",
  common:
    listed(`nie, jak, czy, moje, moj, moja, moim, mam, i, w, z, na, do, jest, sie, to, co, kiedy, gdzie, o, po, od, za, ile, moge, chce,
    prosze, przez, jaki, jaka, jestem, dla, sa, ten, ta, mi, kto, jakie, dziekuje, we, ze, jestes, chcialbym, chcialabym, moga, mozna,
    bez, tak, nasz, twoje, lub, przed, ktos, juz, mojego`),
  smallTalk: {
    greeting: listed(
      `czesc, hej, witam, witajcie, dzien dobry, dobry wieczor, siema, mam pytanie, pytanie, krotkie pytanie, mam krotkie pytanie`,
    ),
    thanks:
      listed(`dziekuje, dziekuje bardzo, bardzo dziekuje, dziekuje serdecznie, dziekuje pieknie, dzieki, wielkie dzieki, dzieki wielkie,
      dziekujemy, serdeczne dzieki, super, swietnie, doskonale, idealnie, to wszystko, nie dziekuje`),
    farewell:
      listed(`do widzenia, do zobaczenia, na razie, narazie, pa, pa pa, papa, do uslyszenia, zegnam, zegnaj, miłego dnia, milego dnia, miłego
      wieczoru, milego wieczoru, dobrej nocy, dobranoc, pozdrawiam, z powazaniem`),
    filler:
      listed(`ok, okej, okay, tak, nie, dobrze, dobra, jasne, rozumiem, ach, ah, oh, i, jeszcze raz, bardzo, za pomoc, za odpowiedz, za
      informacje, z gory, naprawde`),
  },
  openers: {
    hesitation: listed("ok, okej, okay, yyy, eee, hmm, ah, oh, przepraszam"),
    interjection: listed("tak, no, dobrze, wiec, prosze, pomocy, pytanie, słuchaj"),
  },
  ordinals: [
    listed("jeden, pierwszy, pierwsza, pierwsze"),
    listed("dwa, drugi, druga, drugie"),
    listed("trzy, trzeci, trzecia, trzecie"),
  ],
  last: listed("ostatni, ostatnia, ostatnie"),
  yes: listed("tak, tak prosze, zgadza sie, dokładnie"),
  none: listed("nie, zaden, zadna, zadne, zaden z nich, zadne z nich, zadna z nich"),
  choosing: listed("ten, ta, to, numer, nr, opcja, artykuł, prosze"),
};
