import type { TimeWords } from "./time-words.ts";

export const french: TimeWords = {
  months: [
    "janvier|janv",
    "février|févr",
    "mars",
    "avril|avr",
    "mai",
    "juin",
    "juillet|juil",
    "août",
    "septembre|sept",
    "octobre|oct",
    "novembre|nov",
    "décembre|déc",
  ],
  joins: "le|la|du|de|en|au|l'année|fin|début",
  before: "avant|antérieure?s? (?:à|au)|antérieurement (?:à|au)",
  until: "jusqu'au|jusqu'à|jusqu'en|jusque|expirée?s? (?:le|en)|au plus tard",
  since:
    "à partir (?:du|de)|à compter (?:du|de)|depuis|dès|en vigueur (?:depuis|dès)|valables? (?:dès|à partir du)",
  after: "après|postérieure?s? (?:à|au)",
  orEarlier: "(?:et|ou) (?:avant|antérieure?s?)",
  orLater: "(?:et|ou) (?:après|postérieure?s?|plus tard)",
  to: "au|à|et|jusqu'au|jusqu'à",
  lastYear: "l'(?:année dernière|an dernier|an passé|année passée)",
  lastMonth: "le mois (?:dernier|passé)",
  yearsAgo: "il y a # ans?",
  monthsAgo: "il y a # mois",
  numbers: { un: 1, deux: 2, trois: 3, quatre: 4, cinq: 5, six: 6 },
  past: "à l'époque|autrefois|dans le passé|jadis|obsolètes?",
  present: "maintenant|aujourd'hui|actuellement|en ce moment|désormais|cette année",
  old: "ancien(?:ne)?s?|précédente?s?|obsolètes?|périmée?s?|antérieure?s?|expirée?s?",
  rules:
    "politiques?|conditions|tarifs?|prix|règles?|règlements?|grilles? tarifaires?|garanties?|frais|procédures?|modalités",
  oldFollows: true,
  current: "actuel(?:le)?s?|nouveaux?|nouvelles?|en vigueur|valables?",
  label:
    "archivée?s?|archives?|obsolètes?|périmée?s?|ancien(?:ne)?s?|remplacée?s?|abrogée?s?|expirée?s?|n'est plus (?:valable|en vigueur)|plus en vigueur|(?:ancienne|précédente) version",
  self: "(?:ceci|cela)(?= (?:ne )?s'applique)|(?:cette|ce|cet|ces) (?:\\S+ ){0,2}?(?:politiques?|pages?|articles?|documents?|guides?|sections?|versions?|grilles?|tarifs?|prix|conditions|règles?|informations?|contenus?|textes?|offres?|promotions?|procédures?)",
  gone: "(?:a été|ont été|est|sont) (?:\\S+ ){0,2}?(?:remplacée?s?|abrogée?s?|archivée?s?|obsolètes?|périmée?s?|retirée?s?|expirée?s?|caduc|caduque)|n'(?:est|sont) plus (?:valables?|valides?|en vigueur|à jour|applicables?)|ne s'applique(?:nt)? plus",
  applies:
    "s'appliqu(?:e|ent|ait|aient)|valables?|en vigueur|applicables?|concern(?:e|ent|ait|aient)",
  refers: "voir|voyez|consulte[rz]",
  filler: "commandes?|passée?s?|achats?|effectuée?s?|contrats?|clients?|pour|les|uniquement",
  version: "version",
};
