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
      `czesc, hej, witam, witajcie, dzien dobry, dobry wieczor, siema, mam pytanie, pytanie, krotkie pytanie, mam krotkie pytanie, jak sie masz, co slychac, jak leci, jak tam, jak mija dzien, hejka, co tam`,
    ),
    thanks:
      listed(`dziekuje, dziekuje bardzo, bardzo dziekuje, dziekuje serdecznie, dziekuje pieknie, dzieki, wielkie dzieki, dzieki wielkie,
      dziekujemy, serdeczne dzieki, super, swietnie, doskonale, idealnie, to wszystko, nie dziekuje`),
    farewell:
      listed(`do widzenia, do zobaczenia, na razie, narazie, pa, pa pa, papa, do uslyszenia, zegnam, zegnaj, miłego dnia, milego dnia, miłego
      wieczoru, milego wieczoru, dobrej nocy, dobranoc, pozdrawiam, z powazaniem, do jutra, trzymaj sie, nara, do nastepnego razu, czesc i dzieki, udanego dnia`),
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
  cancel: listed(
    "anuluj, anulować, stop, przerwij, zatrzymaj, nieważne, niewazne, zapomnij, rezygnuję, rezygnuje, jednak nie, zmieniłem zdanie, zmieniłam zdanie",
  ),
  yes: listed("tak, tak prosze, zgadza sie, dokładnie"),
  none: listed("nie, zaden, zadna, zadne, zaden z nich, zadne z nich, zadna z nich"),
  choosing: listed("ten, ta, to, numer, nr, opcja, artykuł, prosze"),
  asks: {
    words: {
      about: `odnosnie poniewaz sprawie temat`,
      anyone: `biur* kierowni* kims kogos kolega ktos ludz* osob* przelozon* specjalist* wsparcia wsparciem zespol*`,
      are: `gadam jest odpowiada pisze`,
      call: `dzwon* oddzwon* telefonowac`,
      chat: `dowcip* hobby kawal* piosenk* pogod* wiersz zart*`,
      complaint: `beznadziejn* fataln* najgorsz* niedopuszczaln* oszus* reklamac* rozczarowan* skandal* skarg* wstyd zazalenie`,
      feedback: `gratul* pochwal* pomysl* rewelac* sugesti* swietn* uwielbiam`,
      insult: `chuj* debil* dupe* dupk* glupi* gown* huj* idiot* jeba* kretyn* kurw* pierdol* skurwysyn* spierdal* szmat* zamknij`,
      machine: `ai automat* bot bota botem chatbot* inteligencj* komputer* maszyn* program* robot* sztuczn*`,
      me: `mi mnie nas`,
      name: `imie nazywa*`,
      not: `bez nie zaden zadn*`,
      other: `a adres bezposrednio byc czesc czynn* dobry dziala dzie* dzis* email* godzin* hej infolini* ja jakas jaki* jezyk kiedy kimkolwiek
        klient* mail* mna moim moj* mow* mozecie naprawde natychmiast nic niedziel* normaln* numer odpowiad* odpowie* ok opowiedz* otwarc*
        otwart* pilnie pomaga problem prosic pytanie rozumiesz sobot* tel telefon* teraz tu tutaj tylko u was wsparci* zadzwonic zmien*`,
      person: `agent* czlowiek* doradc* konsultant* operator* pracowni* przedstawiciel*`,
      reach: `kontakt* pomoc`,
      real: `prawdziw* realn* zyw*`,
      speak: `chce daj dajcie kontakt mowic napisac podlacz* pogada* porozmawiac rozmawiac rozmow* skierowac`,
      test: `asdf* proba qwer* sprawdzam test*`,
      want: `chc* daj* moge moze mozesz mozna musz* prosz* wol* zyczyl*`,
      you: `macie masz pan pani panstw* twoj* ty wami wasz* wy`,
      "anyone reach": `obslug* wsparcie`,
      "are speak": `rozmawiam`,
      "are you": `jestes*`,
      "call speak": `zadzwon*`,
      "reach speak": `skontaktowac`,
      "speak want": `polacz* poprosz* potrzebuj* przekier* przelacz*`,
    },
  },
};
