import { wordsOf } from "./blocks.ts";

/** A page that says only that it is not there has few words. */
const FEW_WORDS = 150;

/** What sites call a page that is not there. Each pattern has to be the whole title or heading, but for "404" and "oops" around it. */
const NOT_FOUND = [
  "(?:(?:the|this|that) )?(?:page|article|file|content|document)(?: you (?:requested|are looking for|were looking for))? (?:(?:was|is|could|can|has) ?(?:not|n.t) (?:be )?found|not found|does(?: not|n.t) exist|no longer exists|is missing|is unavailable|isn.t available|is not available)",
  "not found",
  "nothing (?:was )?found",
  "(?:we|sorry,? we) (?:can.?t|couldn.t|could not|cannot|can not) find (?:that|this|the|your) (?:page|article)(?: you.{0,30})?",
  "(?:diese |die )?(?:seite|artikel|inhalt|datei)(?: wurde| konnte)?(?: leider)? nicht (?:gefunden|verfügbar|vorhanden)(?: werden)?",
  "(?:die |diese )?seite existiert nicht(?: mehr)?",
  "nicht gefunden",
  "(?:cette |la )?page (?:est )?(?:introuvable|non trouvée|inexistante)",
  "(?:la |cette )?page (?:demandée )?n.existe (?:pas|plus)",
  "article introuvable",
  "(?:la )?página no encontrada",
  "no se (?:ha encontrado|encontró|encuentra|ha podido encontrar) la página",
  "(?:esta |la )?página no existe",
  "no encontrad[oa]",
  "pagina non trovata",
  "(?:la )?pagina (?:richiesta )?non (?:esiste|è stata trovata)",
  "non trovat[oa]",
  "página não encontrada",
  "(?:a |esta )?página não (?:existe|foi encontrada)",
  "não encontrad[oa]",
  "pagina niet gevonden",
  "(?:deze |de )?pagina (?:bestaat niet(?: meer)?|kon niet worden gevonden|is niet gevonden)",
  "niet gevonden",
  "nie znaleziono(?: strony)?",
  "strona nie (?:została znaleziona|istnieje)",
  "strony nie znaleziono",
  "sidan (?:kunde inte hittas|hittades inte|finns inte)",
  "siden (?:blev ikke fundet|findes ikke|ble ikke funnet|finnes ikke)",
  "sivua ei löyd(?:y|etty)(?:nyt)?",
  "stránka (?:nebyla )?nenalezena",
  "stránka nebyla nalezena",
  "страница не найдена",
  "сторінку не знайдено",
  "sayfa bulunamadı",
  "ページが見つかりません(?:でした)?",
  "(?:お探しの)?ページは?(?:見つかりません|存在しません)(?:でした)?",
  "页面(?:不存在|未找到|没有找到)",
  "找不到(?:该)?(?:页面|頁面|網頁)",
  "頁面(?:不存在|未找到)",
  "페이지를 찾을 수 없습니다",
].join("|");
/** Each character is read in one way only, else a title of many such words takes for ever. */
const AROUND = String.raw`(?:\s|error|fehler|erreur|oops|ups|uh[- ]oh|sorry|http|status|code|page|seite|[:!.,|\-–—·]|40[34]|410)*`;
const TITLE = new RegExp(`^(?:${AROUND}(?:${NOT_FOUND})${AROUND}|${AROUND}40[4]${AROUND})$`, "iu");

/** Whether a page that was answered with 200 says that it is not there. */
export function isNotFound(title: string, heading: string, text: string): boolean {
  if (wordsOf(text) > FEW_WORDS) return false;
  // A title may end in the site's name.
  const parts = [heading, title, ...title.split(/\s[|\-–—·:]\s/)];
  return parts.some((part) => part.length < 200 && TITLE.test(part.trim().replace(/[’`]/g, "'")));
}
