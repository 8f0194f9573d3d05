/** What lists call the fields by which their owners sort them: no visitor is told these. In the languages of `question-list.ts`. */
const NAMES = new RegExp(
  `^(?:${[
    "(?:\\w+ )?(?:uu|gu)?id|nr|no|key|slug|handle|sort order|rank|priority",
    "tags?|labels?|keywords?|schlagworte?|stichworte?|mots clés|etiquetas|etichette|trefwoorden|tagi|taggar|タグ|标签|標籤|태그",
    "categor(?:y|ies)(?: (?:id|name))?|sub ?category|kategorien?|catégories?|categorías?|categorie|categorias?|categoria|kategorie|kategoria|kategori|luokka|категория|カテゴリー?|分类|分類|카테고리|kategorija",
    "status|published|is published|draft|visibility|zustand|statut|estado|stato|статус|ステータス|状态|狀態|상태",
    "locale|lang|language|sprache|langue|idioma|lingua|taal|język|språk|kieli|язык|言語|语言|語言|언어",
    "(?:created|updated|modified|published|last updated|last modified)(?: (?:at|on|by|date))?|author|owner|created by|erstellt(?: am)?|geändert(?: am)?|autor|auteur",
  ].join("|")})$`,
  "iu",
);
/** In characters: a longer name is none of these, and is read again for each row. */
const MAX_NAME = 60;
/** In characters: a longer value says something by itself. */
const MAX_VALUE = 100;

/** Whether a field beside a question and an answer is a mark for the list's owner. */
export function isMetadata(name: string, value: string): boolean {
  if (name.length > MAX_NAME || value.trim().length > MAX_VALUE) return false;
  const words = name
    .trim()
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .replace(/[_\s-]+/g, " ");
  return NAMES.test(words.normalize("NFC"));
}
