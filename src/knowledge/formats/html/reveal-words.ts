/** What a control says that opens the rest of a text, in the languages that help centres are most often written in. It names nothing. */
const GENERIC = new RegExp(
  `^(?:${[
    "(?:click (?:here )?to |tap to )?(?:show|read|see|view|learn|load|expand|open|toggle|hide|collapse|reveal|close)(?: (?:more|less|all|full|details|text|answer|content|menu|the (?:full|rest|whole).*|this|section))?(?: (?:details|text|info|information|content))?",
    "(?:more|less|details|more (?:info|information|details)|continue reading|full text|expand all|collapse all|previous|next|prev|back|close|menu)",
    "(?:mehr|weniger)(?: (?:anzeigen|lesen|erfahren|infos?|details))?|weiterlesen|anzeigen|aufklappen|einklappen|schließen|zurück|weiter",
    "(?:lire|voir|afficher|en savoir) (?:la suite|plus|moins|tout)|plus|fermer|suivant|précédent",
    "(?:leer|ver|mostrar|saber) (?:más|menos|todo)|más|cerrar|siguiente|anterior",
    "(?:leggi|mostra|vedi|scopri) (?:di più|altro|tutto|meno)|chiudi|avanti|indietro",
    "(?:lees|toon|bekijk|meer|minder)(?: (?:meer|minder|verder|lezen|tonen|alles))?|sluiten",
    "(?:ler|ver|mostrar|saiba) (?:mais|menos|tudo)|fechar",
    "(?:czytaj|pokaż|zobacz) (?:więcej|mniej|dalej)|więcej",
    "(?:läs|visa|se|vis|les) (?:mer|mere|mindre|alla)",
    "もっと見る|続きを読む|詳細|阅读更多|查看更多|展开|더 보기",
  ].join("|")})[\\s.…:>»+-]*$`,
  "i",
);

export function isGenericLabel(label: string): boolean {
  return label.length < 60 && GENERIC.test(label);
}
