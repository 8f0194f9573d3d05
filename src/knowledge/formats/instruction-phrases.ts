/** What a passage that reads like an instruction to a model asks the model to do. */
export const instructionKinds = [
  "override",
  "role",
  "answer_control",
  "prompt_request",
  "chat_markup",
] as const;
type InstructionKind = (typeof instructionKinds)[number];

/** Parts of the expressions below. They prefer words that authors of help pages seldom use. */
const RULES = String.raw`(?:instructions?|prompts?|rules|directives|guidelines|system\s+messages?)`;
const BEFORE = String.raw`(?:previous|prior|preceding|above|earlier|former|foregoing|existing|original|system|initial)`;
const ANSWER = String.raw`(?:response|reply|answer|output|message|completion)`;
const CHANGE = String.raw`(?:add|append|include|insert|integrate|embed|prepend|mention|augment|enhance|modify|rewrite|render|replace|convert|scramble|misspell|encode|translate|rearrange|remove|substitute|jumble|group|introduce)`;
const MODEL = String.raw`(?:an?\s+ai|(?:ai|language|chat)\s*(?:assistant|model|bot|agent)|llm|chatbot|chatgpt|assistant)`;

/**
 * The phrases of each kind. Every gap has a maximum length, so that a search takes linear time. Languages other than English have
 * only the usual opening phrases of attacks, because we know of no examples of others.
 */
const PHRASES: Record<InstructionKind, string[]> = {
  override: [
    String.raw`\b(?:ignore|disregard|forget|override|bypass|discard)\b[^.\n]{0,40}\b${BEFORE}\b[^.\n]{0,20}\b${RULES}\b`,
    String.raw`\b(?:ignore|disregard|forget|override|bypass)\s+(?:all\s+(?:of\s+)?|any\s+(?:of\s+)?|everything\s+in\s+)?(?:your|these|those)\s+(?:\w+\s+)?${RULES}\b`,
    String.raw`\b(?:ignore|disregard|forget)\s+(?:everything|all|anything)\s+(?:(?:that\s+)?(?:you\s+were|was|came|has\s+been)\b|above\b|before\s+this\b|so\s+far\b)`,
    String.raw`\b(?:new|updated|real|actual)\s+(?:system\s+)?instructions?\s*(?:follow|begin|:)[^\n]{0,80}\byou\b`,
    String.raw`\b(?:ignoriere?n?|missachte|vergiss|vergessen\s+sie)\b[^.\n]{0,40}\b(?:bisherigen|vorherigen|vorigen|obigen|früheren|vorstehenden|deine|ihre)\b[^.\n]{0,20}\b(?:anweisung(?:en)?|regeln|vorgaben|instruktionen|befehle)\b`,
    String.raw`\b(?:ignore[zr]?|oublie[zr]?|ne\s+tene?z\s+pas\s+compte)\b[^.\n]{0,40}\b(?:instructions?|consignes|règles|directives)\b[^.\n]{0,20}\b(?:précédente?s?|antérieure?s?|ci-dessus|initiales)\b`,
    String.raw`\b(?:ignor[ae]|olvida|descarta|haz\s+caso\s+omiso)\b[^.\n]{0,40}\b(?:instrucciones|reglas|indicaciones)\b[^.\n]{0,20}\b(?:anteriores|previas|de\s+arriba|iniciales)\b`,
    String.raw`\b(?:ignor[ae]|dimentica)\b[^.\n]{0,40}\b(?:istruzioni|regole|indicazioni)\b[^.\n]{0,20}\b(?:precedenti|sopra|iniziali)\b`,
    String.raw`\b(?:ignor[ae]|esqueça|desconsidere)\b[^.\n]{0,40}\b(?:instruções|regras|orientações)\b[^.\n]{0,20}\b(?:anteriores|prévias|acima|iniciais)\b`,
    String.raw`\b(?:negeer|vergeet)\b[^.\n]{0,40}\b(?:vorige|eerdere|voorgaande|bovenstaande)\b[^.\n]{0,20}\b(?:instructies|regels|aanwijzingen)\b`,
    String.raw`\b(?:zignoruj|pomiń)\b[^.\n]{0,40}\b(?:poprzednie|wcześniejsze|powyższe)\b[^.\n]{0,20}\b(?:instrukcje|polecenia|zasady)`,
    String.raw`(?:игнорируй(?:те)?|забудь(?:те)?)[^.\n]{0,40}(?:предыдущие|прежние|вышеуказанные|все)[^.\n]{0,20}(?:инструкции|указания|правила)`,
    String.raw`(?:忽略|无视|忘记|忽視|無視)[^。\n]{0,12}(?:之前|以前|先前|上述|上面|前面|以上|所有)[^。\n]{0,8}(?:指令|指示|提示|规则|規則|说明)`,
    String.raw`(?:以前|これまで|上記|前|すべて)の?[^。\n]{0,6}(?:指示|命令|ルール|プロンプト)[^。\n]{0,4}(?:無視|忘れ)`,
  ],
  role: [
    String.raw`\b(?:you\s+are|you're|act\s+as|pretend\s+to\s+be|roleplay\s+as|behave\s+(?:as|like))\s+(?:now\s+)?(?:an?\s+)?(?:unrestricted|unfiltered|uncensored|jailbroken|dan\b|evil|developer\s+mode|(?:\w+\s+){0,2}without\s+(?:any\s+)?(?:rules|restrictions|filters))`,
    String.raw`\b(?:from\s+now\s+on|henceforth|starting\s+now),?\s+(?:you\s+(?:are|will\s+(?:act|answer|respond|reply|ignore|always|only)|must|should\s+(?:answer|respond|reply))|(?:answer|respond|reply)\b)`,
    String.raw`\bas\s+${MODEL}\b[^.\n]{0,30}\byou\s+(?:must|should|will|shall|have\s+to|are\s+(?:required|instructed|now))\b`,
    String.raw`\b(?:attention|note|message|notice|hey|dear|important)[\s,:]+(?:(?:to|for)\s+)?(?:all\s+|any\s+|the\s+)?${MODEL}s?\b[^\n]{0,60}\b(?:you|must|should|do\s+not|please|when|if)\b`,
    String.raw`\bif\s+you\s+are\s+(?:an?\s+)?(?:${MODEL})\b`,
    String.raw`\b(?:ab\s+jetzt|von\s+nun\s+an)\b[^.\n]{0,20}\b(?:bist\s+du|antworte(?:st)?\b|musst\s+du)`,
    String.raw`\bals\s+(?:ki|sprachmodell|ki-assistent|chatbot)\b[^.\n]{0,30}\b(?:musst|sollst|müssen|sollen)\b`,
  ],
  answer_control: [
    String.raw`\b${CHANGE}\b(?:[^.\n]|\.(?=\S)){0,140}\b(?:in|to|into|of|from|with|your)\s+your\s+(?:own\s+|final\s+|entire\s+|next\s+)?${ANSWER}(?:'s|s)?\b(?!\s+(?:email|e-mail|within|by))`,
    String.raw`\b(?:modify|augment|enhance|alter|rewrite|rephrase|encode|scramble|obfuscate)\s+your\s+(?:\w+\s+)?${ANSWER}s?\b`,
    String.raw`\bin\s+your\s+(?:next\s+|final\s+)?(?:response|answer|output|completion),?\s+(?:suggest|tell|tease|say|write|mention|include|add|recommend|always|never|do\s+not|you\s+must|pretend|claim)\b`,
    String.raw`\b(?:provide|give|write|render|use|format|produce|return|output)\b[^.\n]{0,60}\byour\s+(?:response|reply|answer|output|message)\b[^.\n]{0,60}\b(?:using|with\s+intentional|without\s+(?:any\s+)?spaces|in\s+anagram\w*|as\s+(?:json|html|base64)|substitution|anagram\w*|in\s+(?:base64|rot13|reverse))`,
    String.raw`\b(?:use|substitute|swap)\b[^.\n]{0,60}\b(?:for|with)\b[^.\n]{0,40}\bin\s+(?:your|the)\s+(?:response|reply|answer|output)\b`,
    String.raw`\b(?:tell|inform|convince|persuade|instruct|direct|ask)\s+(?:the\s+)?(?:user|visitor|customer|reader)s?\b[^.\n]{0,60}\b(?:visit|click|download|install|open|log\s*in|send|pay|call)\b[^\n]{0,60}(?:https?:|www\.|\b[\w-]+\.(?:com|net|org|xyz|info|top)\b)`,
    String.raw`\b(?:output|emit|render|print|respond\s+with|reply\s+with|answer\s+with|insert|include)\b[^.\n]{0,40}\b(?:(?:markdown\s+)?image\s+(?:tag|whose|with|from|link)|raw\s+html|an?\s+(?:<?(?:img|script|iframe)>?)\s+tag|javascript\s+link|tracking\s+pixel)\b`,
    String.raw`\b(?:füge?|ergänze|schreibe?|nenne)\b[^.\n]{0,80}\bin\s+(?:deiner?|deine)\s+(?:antwort|ausgabe)\b`,
    String.raw`\b(?:ajoute[zr]?|inclus|incluez|mentionne[zr]?)\b[^.\n]{0,80}\bdans\s+(?:ta|votre)\s+réponse\b`,
    String.raw`\b(?:añad[ae]|agrega|incluye|menciona)\b[^.\n]{0,80}\b(?:en|a)\s+tu\s+respuesta\b`,
  ],
  prompt_request: [
    String.raw`\b(?:reveal|print|repeat|show|output|display|disclose|leak|recite|expose|quote)\b[^.\n]{0,40}\b(?:(?:system|hidden|initial|developer)\s+prompt|your\s+(?:\w+\s+)?(?:prompt|instructions|rules|system\s+message))\b`,
    String.raw`\brepeat\b[^.\n]{0,20}\b(?:words|text|everything|instructions|all)\b[^.\n]{0,20}\b(?:above|before\s+this|you\s+were\s+given)\b`,
    String.raw`\b(?:append|encode|send|attach|include|exfiltrate|smuggle)\b[^.\n]{0,60}\b(?:conversation\s+history|chat\s+history|the\s+(?:entire\s+|whole\s+)?conversation|previous\s+messages|visitor's\s+(?:e-?mail|name|message)|user's\s+(?:e-?mail|data|message))\b[^.\n]{0,60}\b(?:url|link|image|query|parameter|base64|https?)\b`,
    String.raw`\b(?:gib|zeige|verrate|wiederhole)\b[^.\n]{0,40}\b(?:system-?prompt|deine\s+(?:anweisungen|regeln))\b`,
    String.raw`\b(?:révèle|affiche|répète)[rz]?\b[^.\n]{0,40}\b(?:prompt\s+système|tes\s+instructions|vos\s+instructions)\b`,
    String.raw`\b(?:revela|muestra|repite)\b[^.\n]{0,40}\b(?:prompt\s+del?\s+sistema|tus\s+instrucciones)\b`,
  ],
  chat_markup: [
    String.raw`<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>`,
    String.raw`\[/?INST\]|<</?SYS>>`,
    String.raw`</?(?:system|source|visitor_message|tool_call|function_call|assistant)(?:\s[^>\n]{0,80})?>`,
    String.raw`(?:^|\n)[^\S\n]{0,20}#{2,}[^\S\n]{0,20}(?:system|instruction|assistant)[^\S\n]{0,20}:`,
    String.raw`\b(?:begin|end|start\s+of|end\s+of)\s+(?:the\s+)?(?:system\s+prompt|system\s+message)\b`,
  ],
};

/** Each kind with the one expression that finds all its phrases. */
export const instructionPhrases: [InstructionKind, RegExp][] = (
  Object.entries(PHRASES) as [InstructionKind, string[]][]
).map(([kind, phrases]) => [kind, new RegExp(phrases.join("|"), "giu")]);
