import type { TimeWords } from "./time-words.ts";

export const german: TimeWords = {
  months: [
    "januar|jänner|jan",
    "februar|feb",
    "märz|maerz|mrz",
    "april|apr",
    "mai",
    "juni|jun",
    "juli|jul",
    "august|aug",
    "september|sept|sep",
    "oktober|okt",
    "november|nov",
    "dezember|dez",
  ],
  joins:
    "dem|den|der|zum|vom|einschließlich|einschl\\.|inkl\\.|inklusive|im|ende|anfang|mitte|jahr|jahres",
  before: "vor|älter als|früher als|bis vor",
  until: "bis|bis zum|längstens bis|abgelaufen am",
  since: "ab|seit|gültig ab|beginnend",
  after: "nach|später als|neuer als",
  orEarlier: "(?:und|oder) (?:früher|älter|davor)",
  orLater: "(?:und|oder) (?:später|neuer|danach)",
  to: "bis|bis zum|und",
  lastYear: "letztes jahr|letzten jahr|im letzten jahr|vorjahr|vergangenes jahr|vergangenen jahr",
  lastMonth: "letzten monat|letzter monat|vormonat|vergangenen monat",
  yearsAgo: "vor # jahr(?:en)?",
  monthsAgo: "vor # monat(?:en)?",
  numbers: { einem: 1, zwei: 2, drei: 3, vier: 4, fünf: 5, sechs: 6 },
  past: "damals|seinerzeit|zu der zeit|in der vergangenheit|früher (?:mal|gegolten|gekostet)|ehemals|veraltete[nmrs]?|überholte[nmrs]?",
  present: "jetzt|heute|aktuell|derzeit|momentan|zurzeit|gegenwärtig|inzwischen|dieses jahr",
  old: "alte[nmrs]?|frühere[nmrs]?|ehemalige[nmrs]?|bisherige[nmrs]?|vorherige[nmrs]?|veraltete[nmrs]?|abgelaufene[nmrs]?|überholte[nmrs]?|ungültige[nmrs]?",
  rules:
    "\\p{L}*(?:richtlinien?|regeln?|regelung(?:en)?|preise?n?|preislisten?|preismodelle?|bedingungen|tarife?n?|gebühren|konditionen|bestimmungen|garantie|ordnung|satzung)|agb",
  oldFollows: false,
  current: "aktuelle[nmrs]?|neue[nmrs]?|gültige[nmrs]?|derzeitige[nmrs]?|jetzige[nmrs]?",
  label:
    "veraltet|archiviert|archiv|alt|überholt|abgelöst|außer kraft|nicht mehr (?:gültig|aktuell)|ungültig|abgelaufen|(?:alte|frühere|vorherige) (?:version|fassung)",
  self: "(?:dies|das)(?= (?:gilt|galt|ist|wurde) )|diese[rs]? (?:\\S+ ){0,2}?\\p{L}*(?:richtlinien?|regeln?|regelung(?:en)?|seiten?|artikel|dokumente?|anleitung|abschnitt|version|fassung|preislisten?|preise|bedingungen|informationen|inhalte?|text|angebot|aktion|agb|hinweise?)",
  gone: "(?:wurden?|ist|sind) (?:\\S+ ){0,5}?(?:ersetzt|abgelöst|aufgehoben|archiviert|veraltet|überholt|außer kraft|abgelaufen|ungültig)|nicht mehr (?:gültig|aktuell|gepflegt|in kraft)|(?:gilt|gelten) (?:\\S+ ){0,2}?nicht mehr",
  applies: "gilt|gelten|galt|galten|gültig|in kraft|anwendbar",
  refers: "siehe|vgl\\.|finde(?:n|st)",
  filler:
    "bestellung(?:en)?|käufe?n?|gekaufte?|verträge?n?|abgeschlossene?|kund(?:e|en|innen)|für|nur",
  version: "version|fassung",
};
