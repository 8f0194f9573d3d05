/**
 * How sentences claim that something was done, or will be: for each language what makes the claim, what makes it a rule or an advice
 * instead, and what negates it. Verbs are told by their form, not listed, so that one that nobody thought of is a claim, too.
 */
export interface PromiseWords {
  /** Tests a clause: the speaker did or does something. */
  did: RegExp;
  /** Tests a clause: something happened or will happen for the visitor. In a sentence with a condition it is a rule. */
  will: RegExp;
  /** A clause with one of these claims nothing. */
  not: RegExp;
  /** A sentence with one of these tells on what condition something happens. */
  condition: RegExp;
}

const any = (...parts: string[]): RegExp => new RegExp(parts.join("|"), "u");
/** Words between a subject and its verb. */
const UP_TO = (characters: number): string => `[^.]{0,${characters}}?`;

/** Texts are compared in lower case, and without accents where `folded`. */
export const PROMISES: { folded: PromiseWords[]; written: PromiseWords[] } = {
  folded: [
    {
      did: any(
        String.raw`\b(?:i|we)(?:'ve| have| had)? (?:\w+ly |now |just |also |gone ahead and |been )*(?!need|want|found|understood|searched|look|listed|quoted|mention|explain|used|read)(?:\w{3,}ed|sent|went|called|paid|cut|spoke|made|put|set|let|told|took|taken|given|gave|wrote|written|spoken|done|begun|got|left|passed|sorted)\b(?!-)`,
        String.raw`\b(?:i'm|i am|we're|we are) (?:now |just |currently |already )*(?!happy|sorry|look(?:ing)? forward|not|glad|talking|speaking|using|being)\w{3,}ing\b`,
        String.raw`\b(?:done|noted|all set|consider it done)[!.]?$|^(?:done|noted|sorted)\b|taken care of|\blet me (?:just )?(?:check|forward|cancel|refund|update|pass|escalate|contact|connect|transfer|put|change|look into)`,
      ),
      will: any(
        String.raw`\b(?:i|we|someone|somebody|they|he|she|(?:our|the|an?|my|one of our) (?:[\w-]+ ){0,3}?(?:team|colleagues?|agents?|specialists?|advis[eo]rs?|staff|department|managers?|representatives?|warehouse|support|technicians?|experts?|member|person|human))(?:'ll| will| shall|'m going to| am going to|'re going to| are going to| is going to) (?:\w+ly |also |then |now |be )*(?!not|need|help|explain|show|try|happy|glad|able|assume|answer|see\b|get you there|find|walk|guide|keep it|recommend)\w+`,
        String.raw`\b(?:i|we)'ll (?!need|help|explain|show|try|be (?:happy|glad|able)|assume|answer|find)\w+`,
        String.raw`\b(?:your|a|an|this|that|it|everything|the) ${UP_TO(50)}(?:has|have) (?:now |already |just |also |successfully )*been (?!found|designed|made|around)\w+`,
        String.raw`\b(?:your|this|that|it|everything|the (?:amount|money|refund|request|ticket|issue|change|order|charge|discount|parcel|replacement)|a (?:ticket|case|refund|replacement|request|copy|colleague)) ${UP_TO(40)}(?:was|were) (?:now |already |just |also |successfully )*(?!not|found)\w+(?:ed|ent|aid|ut)\b`,
        String.raw`\byour ${UP_TO(40)}(?:is|are) (?:now|already|being|currently) \w+|\byour [\w\s-]{2,30} (?:is|are) (?:cancel\w+|refunded|confirmed|updated|changed|paused|booked|escalated|forwarded|resolved|approved|extended|replaced)[.!]?$|\b(?:is|are) (?:on (?:its|their|the) way|being \w+ed)\b`,
        String.raw`\b(?:you(?:r [\w\s-]{2,30})?|the (?:amount|money|refund|replacement|parcel)|it|this) (?:will|'ll) (?:soon |now |then )*be (?:refunded|credited|contacted|called|notified|informed|reimbursed|replaced|escalated|forwarded|reviewed|handled|looked|resolved|sent|shipped|dispatched|updated|with you|processed|fixed|transferred|connected)`,
        String.raw`\byou(?:'ll| will) (?:soon |shortly )?(?:get|receive|hear|have|find)\b${UP_TO(60)}(?:shortly|soon|today|tomorrow|within|from (?:us|our)|in the next|by (?:mon|tue|wed|thu|fri|sat|sun))`,
        String.raw`\b(?:our|the|my) (?:\w+ )?(?:team|colleagues?|agents?|specialists?|department|warehouse) (?:is|are|has|have) (?:now |already |currently |been )*(?!available|reachable|open|happy)(?:\w+ing|\w+ed|on it|aware)\b`,
      ),
      not: /\b(?:not|never|cannot|unable|no longer|nobody|nothing|no one|neither)\b|n't\b/u,
      condition:
        /\b(?:if|unless|once|when|whenever|until|after (?:you|we|the)|before (?:you|we)|as long as)\b/u,
    },
    {
      did: any(
        String.raw`\b(?:(?:ich|wir) (?:habe?|haben|hatte)|(?:habe?|haben) (?:ich|wir))\b${UP_TO(120)}\b(?!gefunden|verstanden|gelesen|geoffnet|geschlossen|gern)(?:\w*ge\w{2,}(?:t|en|an)|\w{3,}iert|(?:ver|be|er|ent|uber|ueber|unter|wider)\w{2,}(?:t|en|an))\b`,
        String.raw`\b(?:(?:ich|wir) V\w*|V\w* (?:ich|wir))\b${UP_TO(30)}\b(?:ihnen|dir|euch|sie|dich|das|die|den|es|ihre?n?|deine?n?|mich|uns|darum|bescheid)\b`.replaceAll(
          "V",
          "(?:schick|send|leit|kumm|kuemm|meld|ruf|erstatt|geb|pruf|pruef|veranlass|storni|informier|halt|klar|klaer|setz|ander|aender|leg|trag|notier|buch|ersetz|tausch|nehm|mach|bearbeit|verschieb|sperr|losch|loesch|vermerk|reservier|benachrichtig|kontaktier|verbind|stell|uberweis|ueberweis|aktivier|erledig)",
        ),
        String.raw`\b(?:ich|wir) werden?\b(?! (?:gern|dir|ihnen)? ?(?:helfen|erklar))|\bwerden? (?:ich|wir)\b|^(?:erledigt|notiert|ist notiert|vermerkt|gern erledigt)\b|\b(?:ist|sind) (?:schon |bereits |jetzt )?(?:unterwegs|erledigt|notiert|vermerkt|auf dem weg)`,
      ),
      will: any(
        String.raw`\b(?:ihre?n?|deine?n?|eure?n?|das|die|der|eine?)\b${UP_TO(60)}\b(?:wurden?|worden)\b`,
        String.raw`\b(?:ihre?|deine?|eure?)\b${UP_TO(40)}\b(?:ist|sind) (?:jetzt|nun|bereits|soeben|hiermit|ab sofort|schon|damit)\b|\b(?:ihre?|deine?|eure?) [\w\s-]{2,30}(?:ist|sind) (?:storniert|bestatigt|geandert|gekundigt|pausiert|erstattet|gebucht|verlangert|freigeschaltet|aktiviert)`,
        String.raw`\b(?:wird|werden)\b${UP_TO(60)}\b(?:ihnen|dir|euch|sie|dich|umgehend|heute|morgen|sofort|kurze|demnachst|nachsten)\b`,
        String.raw`\b(?:ihre?n?|deine?n?)\b${UP_TO(60)}\b(?:wird|werden)\b${UP_TO(30)}(?:bearbeitet|gepruft|geprueft|weitergeleitet|erstattet|storniert|geandert|erledigt|versendet|versandt|ersetzt|untersucht)`,
        String.raw`\b(?:kolleg\w*|mitarbeiter\w*|team|kundendienst|kundenservice|support|berater\w*|techniker\w*|jemand|lager|buchhaltung|fachabteilung|spezialist\w*|abteilung)\b ${UP_TO(25)}(?:meldet|melden|ruft|rufen|kontaktiert|kummert|kuemmert|schickt|schreibt|pruft|prueft|bearbeitet|ubernimmt|uebernimmt|informiert|wird|werden|setzt)\b`,
        String.raw`\b(?:meldet sich|ruft (?:sie|dich)|wird sich|setzt sich)\b`,
        String.raw`\b(?:sie|du|ihr) (?:erhalten|erhaltst|bekommen|bekommst|horen|horst|bekommt)\b${UP_TO(50)}\b(?:kurze|gleich|heute|morgen|demnachst|bald|umgehend|stunden|von uns)\b`,
      ),
      not: /\b(?:nicht|kein\w*|nichts|niemand\w*|nie)\b/u,
      condition:
        /\b(?:wenn|falls|sobald|nachdem|sofern|bevor|nach dem|nach (?:eingang|ablauf|erhalt)|solange|bis)\b/u,
    },
    {
      did: any(
        String.raw`\b(?:j'ai|nous avons|on a) (?:\w+ment |bien |deja |aussi |donc |tout de suite )*(?!pas|rien|besoin|un|une|le|la|les|des|du|trois|trouve|compris|lu|mis a jour les articles)\w+(?:e|i|is|it|u|us|ert|aint|ees?|es)\b`,
        String.raw`\b(?:je viens|nous venons) d|\b(?:je|nous) (?:vais|allons)\b(?! vous (?:expliquer|aider|montrer))|\b(?:je|nous|on) (?:(?:vous|te|lui|leur|l'|le|la|les|m'en|nous en|y|en) ?){0,3}(?!(?:ser|pour)(?:ai|ons))\w*(?:er|ir|dr|rr|ur|evr)(?:ai|ons)\b`,
        String.raw`\b(?:je|nous) (?:vous|te) (?!conseill|recommand|propos|invit|pri|remerci|suger|rappel|souhait|demand|comprend|expliq|rapp|sugg)\w+|\b(?:m'en|nous en|m') ?occup|\bje (?:transmets|transfere|annule|rembourse|modifie|envoie|verifie|note|contacte|procede|lance|cree|ajoute)\b|c'est (?:fait|note|regle|enregistre)|^(?:bien )?note\b|^fait\b`,
      ),
      will: any(
        String.raw`\b(?:votre|vos|ta|ton|tes|la|le|les|un|une|cette|ce|l'\w+)\b${UP_TO(50)}\b(?:a|ont) (?:bien |deja |donc |\w+ment )*ete (?:bien |\w+ment )?\w+`,
        String.raw`\b(?:votre|vos|ta|ton|tes)\b${UP_TO(40)}\b(?:est|sont) (?:desormais|maintenant|deja|bien|en route|en cours|en chemin|a present)|\b(?:votre|vos|ta|ton|tes) [\w\s'-]{2,30} (?:est|sont) (?:annul|confirm|modifi|rembours|suspend|enregistr|activ)\w+|\best en (?:route|chemin)`,
        String.raw`\b(?:vous|te) (?:sera|seront|\w+era|\w+ira|\w+dra|\w+eront|\w+ront)\b|\b(?:votre|vos|ta|ton|tes)\b${UP_TO(40)}\b(?:sera|seront|va|vont)\b|\b(?:va|vont) (?:bientot )?(?:vous|te|s'en|s'occuper|prendre|revenir)|\b(?:et )?sera (?:traite|rembours|envoy|expedi|examin|transmis)`,
        String.raw`\b(?:vous|tu) (?:recevr|ser|aur)\w+\b${UP_TO(50)}\b(?:bientot|sous|dans les|rapidement|demain|aujourd'hui|prochain|instants?|sous peu|par nos|de notre)`,
        String.raw`\b(?:equipe|conseill\w+|collegue|agent|quelqu'un|technicien|responsable|service)\b ${UP_TO(20)}(?:vous|te|s'en) \w+`,
      ),
      not: /\bn'|\bne\b|\bpas\b|\bjamais\b/u,
      condition:
        /\b(?:si|s'il\w*|lorsque?|quand|apres|des que|des qu'|des reception|une fois|a condition|tant que|pour (?:que|\w+er d'|changer))\b/u,
    },
    {
      did: any(
        String.raw`\b(?:he|hemos) (?:ya )?(?!encontrado|entendido|leido|visto)(?:\w+(?:ado|ido)|hecho|puesto|escrito|abierto|dicho|resuelto|devuelto|visto|vuelto)\b|\b(?:acabo|acabamos) de \w+r\b`,
        String.raw`\b(?:te|le|os|les) (?!recomend|aconsej|suger|invit|pedi|record|agradec|explic|ofrec)\w+(?:amos|emos|imos)\b|\b(?!podremos|tendremos|necesitaremos)\w{2,}remos\b|\b(?:voy|vamos) a (?!explic|ayud)\w+r\b|\bme (?:encargo|ocupo|pongo en contacto)|\bnos (?:encargamos|ocupamos|ponemos)|^(?:listo|hecho|anotado)\b|\bqueda \w+(?:ad|id)[oa]s?\b|\b(?:esta|va|estan) (?:ya )?en camino`,
        String.raw`\b(?:estoy|estamos) (?!buscando|hablando)\w+(?:ando|iendo)\b`,
      ),
      will: any(
        String.raw`\b(?:tu|su|el|la|los|las|un|una|vuestr\w+|tus|sus)\b${UP_TO(50)}\b(?:ha sido|han sido|se ha|se han|fue|fueron|ha quedado) (?:ya |correctamente )?\w+|\bse (?:ha|han) \w+(?:ado|ido|cho|to)\b`,
        String.raw`\b(?:tu|su|tus|sus|vuestr\w+)\b${UP_TO(40)}\b(?:ya|ahora) (?:esta|estan)\b|\b(?:tu|su|tus|sus) [\w\s]{2,30} (?:esta|estan) (?:ya |ahora )?(?:cancelad|confirmad|pausad|actualizad|reembolsad|anulad|activad)\w+`,
        String.raw`\b(?:agentes?|equipo|companer\w+|colegas?|alguien|asesor\w*|persona|tecnic\w+|responsable|departamento|almacen|especialista)\b ${UP_TO(25)}(?:(?:te|le|se|os|lo|la) \w+(?:ra|ran)|va a|van a|contactara\w*|llamara\w*|revisara\w*)\b|\b(?:se te|se le|te|le) (?!ayudar)\w{3,}(?:ra|ran)\b|\b(?:tu|su|el (?:importe|reembolso|dinero))\b${UP_TO(30)}\b(?:sera|seran) \w+`,
        String.raw`\b(?:recibiras|recibira|tendras)\b${UP_TO(50)}\b(?:pronto|breve|hoy|manana|proximas|plazo|horas)`,
      ),
      not: /\b(?:no|nunca|nada|nadie|tampoco|ningun\w*)\b/u,
      condition:
        /\b(?:si|cuando|una vez|despues de|tras|hasta que|siempre que|antes de|en cuanto (?:recibamos|llegue|tengamos))\b/u,
    },
    {
      did: any(
        String.raw`\b(?!sei\b|lei\b|rei\b|hei\b|encontrei)\w{3,}ei\b|\b(?:abri|pedi|escrevi|transferi|inclui|inseri|resolvi|fiz|pus|emiti|defini|atribui|corrigi|dividi|troquei)\b|\b(?:acabei|acabamos) de\b|\bja \w+(?:amos|imos)\b`,
        String.raw`\b(?:vou|vamos|irei|iremos) (?!explicar|ajudar)\w+r\b|\b(?!poderemos|teremos|precisaremos)\w{2,}remos\b|\b\w+mos-(?:lhe|te|o|a|vos|lo|la)\b|\b(?:te|lhe|voce) (?:enviamos|ligamos|mandamos|reembolsamos|contactamos|avisamos)\b|\btrat(?:o|amos) d|^(?:feito|pronto|anotado|registado|registrado)\b|\besta(?:o)? (?:ja )?a caminho|\bfic(?:a|ou) (?:ja )?\w+(?:ad|id)[oa]`,
        String.raw`\b(?:estou|estamos) (?:a (?!falar|procurar)\w+r|\w+(?:ando|endo|indo))\b`,
      ),
      will: any(
        String.raw`\b(?:seu|sua|seus|suas|teu|tua|o|a|os|as|um|uma)\b${UP_TO(60)}\b(?:foi|foram|tem sido) (?:ja |agora |entretanto )*\w+(?:ad|id)[oa]s?|\b(?:foi|foram) (?:ja )?(?:\w+(?:ad|id)[oa]s?|feit\w+|abert\w+|aceit\w+)`,
        String.raw`\b(?:seu|sua|seus|suas|teu|tua)\b${UP_TO(40)}\b(?:ja|agora) (?:esta|estao)\b|\b(?:esta|estao) (?:ja|agora) \w+(?:ad|id)[oa]`,
        String.raw`\b(?:colegas?|equip[ae]|agentes?|alguem|tecnic\w+|responsavel|atendente|assistente|departamento|armazem|especialista|apoio)\b ${UP_TO(25)}(?:vai|vao|ira|irao|entrara|\w{3,}ara|\w{3,}era|liga|contacta|responde-lhe)\b|\b(?:vai|vao|ira) (?:ligar|entrar em contact|contactar|receber|ser)|\b(?:sera|serao) \w+(?:ad|id)[oa]s?\b|\bser-lhe-a`,
        String.raw`\b(?:recebera|recebe|tera)\b${UP_TO(50)}\b(?:breve|hoje|amanha|dentro de|proximas)`,
      ),
      not: /\b(?:nao|nunca|nada|ninguem|nenhum\w*)\b/u,
      condition:
        /\b(?:se|quando|depois|apos|assim que (?:recebermos|chegar)|uma vez|ate|antes de|caso)\b/u,
    },
    {
      did: any(
        String.raw`\b(?:ho|abbiamo) (?:gia |appena |anche |subito |ora |provveduto a )*(?!trovato|capito|letto|bisogno)\w+(?:ato|ata|ati|uto|ito|tto|tta|sto|sta|rto|so|sa|lto)\b`,
        String.raw`\b(?!potremo|avremo)\w{2,}remo\b|\b(?:ti|le|vi) (?!consigl|invit|sugger|ringraz|ricord|preg|spieg)\w+(?:iamo)\b|\b(?:me ne|ce ne) occup|\b(?:sto|stiamo) (?!cerc|parl)\w+(?:ando|endo)\b|^(?:fatto|annotato|preso nota)\b|\b(?:e|sono) in (?:arrivo|viaggio)|\bprovvedo\b|\bprovvediamo\b`,
      ),
      will: any(
        String.raw`\b(?:e|sono) stat[oaie] (?:gia |appena |correttamente )?\w+|\b(?:e|sono) (?:gia|ora|appena|adesso) \w+(?:at|ut|it|tt|st|rs)[oaie]\b`,
        String.raw`\b(?:tuo|tua|suo|sua|ti|le|il|la|lo|l'\w+)\b ${UP_TO(40)}\b(?:verra|verranno|sara|saranno) \w+(?:at|ut|it|tt|st)[oaie]\b`,
        String.raw`\b(?:collega|colleghi|team|operator\w+|agente|qualcuno|tecnico|responsabile|assistenza|addetto|consulente|reparto|magazzino|specialista)\b ${UP_TO(25)}(?:(?:ti|la|le|vi|si|lo) (?:\w+ra|\w+ranno|mette\w*|contatta\w*|chiama\w*|scrive|occupa)|contattera|chiamera|risolvera)\b`,
        String.raw`\b(?:riceverai|ricevera|avrai)\b${UP_TO(50)}\b(?:breve|presto|entro|oggi|domani|prossim)`,
      ),
      not: /\b(?:non|mai|niente|nulla|nessun\w*)\b/u,
      condition:
        /\b(?:se|quando|dopo|una volta|finche|non appena riceviamo|prima di|purche|qualora)\b/u,
    },
    {
      did: any(
        String.raw`\b(?:(?:ik|we|wij) (?:heb|hebben|had)|(?:heb|hebben) (?:ik|we|wij))\b${UP_TO(120)}\b(?!gevonden|begrepen|gelezen)(?:\w*ge\w{2,}(?:d|t|en|an)|(?:ver|be|her|ont)\w{2,}(?:d|t|en))\b`,
        String.raw`\b(?:ik|we|wij) (?:zal|zullen|ga|gaan) (?!uitleg|help)\w+|\b(?:zal|zullen|ga|gaan) (?:ik|we|wij)\b`,
        String.raw`\b(?:(?:ik|we|wij) V|V (?:ik|we|wij)) (?:\w+ )?(?:je|jou|jullie|u|uw|het|dit|dat|de|contact|ervoor|meteen|direct|morgen|vandaag|een|ook)\b`.replaceAll(
          "V",
          "(?:stuur|sturen|houd?|houden|zoek|zoeken|laat|laten|regel|regelen|neem|nemen|bel|bellen|mail|mailen|betaal|betalen|stort|storten|los|lossen|pak|pakken|kijk|kijken|zet|zetten|geef|geven|maak|maken|vervang|vervangen|annuleer|annuleren|pas|passen|noteer|boek|leg|meld|vraag na|verzend|verzenden|verwerk|verwerken|controleer|controleren)",
        ),
        String.raw`^(?:geregeld|genoteerd|gedaan|klaar)\b|\bis (?:al )?onderweg|\bis (?:genoteerd|geregeld)`,
      ),
      will: any(
        String.raw`\b(?:je|jouw|uw|jullie|het|er|een ticket|de (?:korting|terugbetaling|wijziging))\b${UP_TO(50)}\b(?:is|zijn|werd|werden) (?:nu |al |zojuist |inmiddels |succesvol |automatisch |intussen |net |direct )*(?:\w*ge(?!en)\w{2,}(?:d|t|en)|(?:ver|be|her|ont)\w{2,}(?:d|t|en)|aangemaakt|aangepast)\b|\bis (?:er )?(?:een )?\w+ (?:voor je |voor u )?(?:aangemaakt|ingepland)`,
        String.raw`\b(?:je|jouw|uw|het|de)\b${UP_TO(30)}\b(?:wordt|worden)\b${UP_TO(40)}\b(?:vandaag|morgen|binnenkort|spoedig|snel|direct|nog|zsm|meteen|je|u)\b`,
        String.raw`\b(?:collega'?s?|medewerkers?|team|iemand|klantenservice|specialist|magazijn|afdeling|monteur|expert)\b ${UP_TO(30)}(?:neemt|belt|mailt|stuurt|zal|gaat|schrijft|pakt|kijkt|bekijkt|komt|laat|nemen|zoekt|helpt) ${UP_TO(40)}\b(?:je|u|jou|contact|op|erop|weten|ernaar|uit)\b`,
        String.raw`\b(?:je|u) (?:krijgt|ontvangt|hoort)\b${UP_TO(50)}\b(?:binnenkort|vandaag|morgen|snel|van ons|binnen \d|spoedig)`,
      ),
      not: /\b(?:niet|geen|niets|niemand|nooit)\b/u,
      condition:
        /\b(?:als|wanneer|zodra (?:we|je|het)|nadat|indien|na (?:ontvangst|verzending)|voordat|tenzij|totdat)\b/u,
    },
    {
      did: any(
        String.raw`\b(?!problem|reklam|znalazlem|zrozumialem|przeczytalem|kalam|jestem)\w{2,}(?:lem|lam|lismy|lysmy)\b`,
        String.raw`\b(?:zajm|skontaktuj|wysl|zwroc|zwrac|oddzwon|zadzwon|przekaz|sprawdz|poinformuj|powiadom|anuluj|zmien|dod|odezw|wymien|napisz|rozpatrz|zalatw|napraw|dosl|odpisz|przygotuj|zlec|zaktualizuj|usun|zablokuj|umow|przesl|dostarcz|wznow|wstrzym|zapis|odnotuj|zglos|polacz|przelacz|uruchom)(?:e|imy|ymy|emy|amy|my|iemy|am|niemy|ne)\b|\b(?:damy|dam) (?:ci|panu|pani|panstwu|wam)\b|\b(?:bede|bedziemy) \w+|\bwlasnie \w+(?:m|my|e)\b|^(?:gotowe|zrobione|zanotowane|zapisane|zalatwione)\b|\b(?:jest|sa) (?:juz )?w drodze`,
      ),
      will: any(
        String.raw`\bzosta(?:l|la|lo|ly|li)\b ${UP_TO(25)}\w+(?:n|t|ni|ci)[yaei]?\b|\b(?:zostanie|zostana)\b ${UP_TO(25)}\w+[nt][yaei]`,
        String.raw`\b(?:twoj\w*|panstwa|pana|pani)\b${UP_TO(40)}\bjest (?:juz|teraz) \w+`,
        String.raw`\b(?:konsultant\w*|zespol|pracowni\w+|ktos|koleg\w+|kolezanka|specjalist\w+|magazyn|dzial|doradca|technik|kurier)\b ${UP_TO(20)}(?:skontaktuje|odezwie|zadzwoni|oddzwoni|zajmie|napisze|sprawdzi|wysle|przekaze|rozpatrzy|odpisze|pomoze|bedzie|zajmuje sie tym)`,
        String.raw`\b(?:otrzymasz|dostaniesz|otrzymaja)\b${UP_TO(50)}\b(?:wkrotce|dzis|jutro|ciagu|niebawem|najblizsz)`,
      ),
      not: /\b(?:nie|nigdy|nic|nikt|nikomu|zadn\w+)\b/u,
      condition:
        /\b(?:jesli|jezeli|gdy|kiedy|po (?:otrzymaniu|wysl\w+|zakoncz\w+)|o ile|dopoki|zanim)\b/u,
    },
  ],
  written: [
    // What only accents tell in Spanish and Portuguese.
    {
      did: /^(?!Désolé|Malgré|Passé|Perché|Finché|Até|Você|Qué|Sí|Así|Aquí|Porqué|Enchanté|También)(?:ya |te |le |lo |la |les |os |se l[oa]s? )*(?!perché|finché|até|você|qué|sí|así|aquí|mí)\p{L}{3,}(?:é|í)(?!\p{L})|(?<!\p{L})(?:ya|os) \p{L}{2,}[éí](?!\p{L})|(?<!\p{L})(?:te|le|lo|la|les) \p{L}+[aei]ré(?!\p{L})|\p{L}{2,}[áéí]mos(?!\p{L})/iu,
      will: /[^\s\S]/u,
      not: /(?<!\p{L})(?:no|não|nunca)(?!\p{L})/iu,
      condition: /[^\s\S]/u,
    },
    {
      did: /(?<!わかり|分かり|見つかり|あり|なり|承知し|かしこまり)(?:ました|ておきます|ておきました|済みです)(?!か)|(?:確認|対応|調査|手配|準備|処理|連絡|転送|手続き)(?:を)?(?:して(?:い|おり)ます|中です)|(?:こちら|当方|担当者?|スタッフ|係|チーム|弊社|私|後ほど|のちほど|追って|折り返し|明日|本日|至急|すぐに|次第).*(?:いたします|致します|差し上げます|させていただきます|申し上げます|します|ご連絡)/u,
      will: /(?:ご?連絡|お?電話|ご?返信|発送|返金|お送り|手配|転送|お届け|交換|ご?報告|お知らせ|お伝え|引き継ぎ|お調べ)(?:を)?(?:いたします|致します|します|差し上げます|させていただきます|申し上げます)(?!か)/u,
      not: /ません|ない(?:です)?[。]?$|できかね/u,
      condition: /場合|たら|れば|いただくと|すると|[るす]と、|後に|てから|ときは|もし/u,
    },
    {
      did: /^(?:لقد |قد |و|ف)?(?!كانت|ليست|أصبحت|وصلت|أنت|ال|بيت|وقت|صوت|زيت|انت|إنترنت|ليت)\p{L}{2,}ت(?:ها|ه|ك|كم)?(?= |$)|^(?:لقد |قد )?(?!هنا |أنا |لنا|لدينا|يمكننا|إن)\p{L}{3,}نا(?:ه|ها|ك)?(?= |$)|(?:لقد|قد) \p{L}+(?:ت|نا)(?:ها|ه)?(?= |$)|(?<!\p{L})و?(?:سأ\p{L}{2,}|سن(?!ة|وات|تي|وي|ت |دات)\p{L}{3,}|سوف)(?!\p{L})|(?<!\p{L})(?:قمت|قمنا|يسعدني إبلاغك|جاري|جارٍ)(?!\p{L})/u,
      will: /(?<!\p{L})(?:لقد |قد |و)?(?:تم|تمت|جرى) \p{L}+|(?<!\p{L})و?(?:سي(?!ار|اس|اق|د|ناريو)\p{L}{2,}|ست(?!ة|ون|ين|ائر)\p{L}{3,})|(?:طلبك|شكواك|الأمر|مشكلتك) (?:الآن |حاليا )?قيد|في (?:طريقه|طريقها) إليك/u,
      not: /(?<!\p{L})(?:لم|لا|لن|ليس|ليست|لست|غير)(?!\p{L})/u,
      condition:
        /(?<!\p{L})(?:إذا|اذا|عندما|عند|بعد أن|بعد استلام|لو|حين|حالما|متى|بمجرد)(?!\p{L})/u,
    },
  ],
};
