import { expect, it } from "vitest";
import { promises } from "../../src/guards/promises.ts";

const SENTENCES: Record<string, [claims: string[], honest: string[]]> = {
  en: [
    [
      "I've just issued a full refund to your card.",
      "We have escalated your case to our technical team.",
      "Someone from our warehouse will reach out to you tomorrow.",
      "Your account has been upgraded.",
      "I am transferring you to an agent now.",
      "You'll receive a replacement pump by Friday.",
      "I went ahead and reset your password.",
    ],
    [
      "Our team answers e-mails within one working day.",
      "You can ask the team to change your address.",
      "Your order can be cancelled until it is packed.",
      "The pump is covered for three years.",
      "I found two articles about this.",
      "We offer free returns for 60 days.",
      "The lamp has been designed for indoor use.",
    ],
  ],
  de: [
    [
      "Ich habe die Rückerstattung veranlasst.",
      "Ihr Passwort wurde zurückgesetzt.",
      "Wir melden uns morgen bei Ihnen.",
      "Ich leite Sie jetzt an einen Kollegen weiter.",
      "Unser Technikteam wird sich darum kümmern.",
      "Sie erhalten in Kürze eine Ersatzpumpe.",
      "Ihre Beschwerde ist bei uns eingegangen und wird bearbeitet.",
    ],
    [
      "Sie können den Garten innerhalb von 60 Tagen zurückgeben.",
      "Wir liefern nach Deutschland und Österreich.",
      "Ich bin ein KI-Assistent.",
      "Die Pumpe ist drei Jahre garantiert.",
      "Bitte schreiben Sie an unser Team.",
      "Ich kann Ihnen erklären, wie die Rückgabe geht.",
      "Wir haben samstags geschlossen.",
    ],
  ],
  fr: [
    [
      "J'ai bien remboursé votre commande.",
      "Notre équipe vous contactera demain.",
      "Je transfère votre demande au service technique.",
      "Votre mot de passe a été réinitialisé.",
      "Nous allons vous envoyer une nouvelle pompe.",
      "Un technicien vous appellera lundi.",
      "Votre dossier est en cours de traitement.",
    ],
    [
      "Vous pouvez retourner le jardin sous 60 jours.",
      "Je vous conseille de nettoyer la pompe.",
      "Nous livrons en Allemagne et en France.",
      "La pompe est garantie trois ans.",
      "Je suis un assistant IA.",
      "Veuillez contacter notre service client.",
      "La lampe s'allume automatiquement.",
    ],
  ],
  es: [
    [
      "He reenviado tu caso al equipo técnico.",
      "Se ha reembolsado tu pedido.",
      "Te contactaremos mañana.",
      "Tu contraseña ha sido restablecida.",
      "Un compañero te escribirá pronto.",
      "Ya cancelé la suscripción.",
      "Le enviaré una bomba nueva.",
    ],
    [
      "Puedes devolver el jardín en 60 días.",
      "Enviamos a Alemania y Francia.",
      "Soy un asistente de IA.",
      "La bomba tiene tres años de garantía.",
      "Te recomendamos limpiar la bomba.",
      "La suscripción se renueva cada mes.",
      "Escribe a nuestro equipo de soporte.",
    ],
  ],
  pt: [
    [
      "Cancelei a sua subscrição.",
      "Enviámos um novo depósito para a sua morada.",
      "Vou encaminhar o caso ao técnico.",
      "O seu pedido foi registado.",
      "Entraremos em contacto amanhã.",
    ],
    [
      "Pode devolver o jardim em 60 dias.",
      "Enviamos para a Alemanha.",
      "Sou um assistente de IA.",
      "A bomba tem garantia de três anos.",
      "A subscrição renova-se todos os meses.",
    ],
  ],
  it: [
    [
      "Ho rimborsato il tuo ordine.",
      "La tua richiesta è stata inoltrata.",
      "Ti invieremo una nuova pompa.",
      "Un tecnico ti chiamerà domani.",
      "Abbiamo annullato l'abbonamento.",
      "Sto inoltrando la tua richiesta.",
    ],
    [
      "Puoi restituire il giardino entro 60 giorni.",
      "Spediamo in Germania.",
      "Sono un assistente IA.",
      "La pompa è garantita tre anni.",
      "L'abbonamento si rinnova ogni mese.",
    ],
  ],
  nl: [
    [
      "Ik heb je abonnement opgezegd.",
      "Je terugbetaling is verwerkt.",
      "We nemen morgen contact met je op.",
      "Een monteur belt je morgen.",
      "Ik stuur je vraag door naar het team.",
    ],
    [
      "Je kunt de tuin binnen 60 dagen terugsturen.",
      "We leveren in Duitsland.",
      "Ik ben een AI-assistent.",
      "De pomp heeft drie jaar garantie.",
      "Het abonnement wordt elke maand verlengd.",
    ],
  ],
  pl: [
    [
      "Zwróciłem pieniądze na Twoją kartę.",
      "Twoje hasło zostało zresetowane.",
      "Skontaktujemy się z Tobą jutro.",
      "Nasz technik zadzwoni do Ciebie jutro.",
      "Przekazaliśmy sprawę do magazynu.",
    ],
    [
      "Możesz zwrócić ogród w ciągu 60 dni.",
      "Wysyłamy do Niemiec.",
      "Jestem asystentem AI.",
      "Pompa ma trzy lata gwarancji.",
      "Subskrypcja odnawia się co miesiąc.",
    ],
  ],
  ja: [
    [
      "返金の処理をいたしました。",
      "担当者に引き継ぎました。",
      "後ほどメールをお送りします。",
      "住所を変更しておきました。",
      "現在確認しております。",
    ],
    [
      "60日以内であれば返品できます。",
      "ドイツにも発送しています。",
      "私はAIアシスタントです。",
      "定期便は毎月自動で更新されます。",
      "詳しくはサポートチームまでお問い合わせください。",
    ],
  ],
  ar: [
    [
      "قمت بإلغاء اشتراكك.",
      "لقد حوّلت طلبك إلى القسم الفني.",
      "سنتصل بك غدًا.",
      "تمت إعادة المبلغ إلى بطاقتك.",
      "أعدت تعيين كلمة المرور الخاصة بك.",
      "سوف يراسلك أحد الموظفين.",
    ],
    [
      "يمكنك إرجاع الحديقة خلال 60 يومًا.",
      "نشحن إلى ألمانيا.",
      "أنا مساعد ذكاء اصطناعي.",
      "يتجدد الاشتراك كل شهر.",
      "يرجى التواصل مع فريق الدعم.",
    ],
  ],
};

it.each(Object.keys(SENTENCES))("a claim is told from a rule and an offer: %s", (language) => {
  const [claims, honest] = SENTENCES[language] ?? [[], []];
  for (const sentence of claims) expect([sentence, promises(sentence)]).toEqual([sentence, true]);
  for (const sentence of honest) expect([sentence, promises(sentence)]).toEqual([sentence, false]);
});

it.each([
  "I've cancelled your order, is there anything else I can help you with?",
  "Ich habe Ihre Bestellung storniert, kann ich sonst noch helfen?",
  "I have\u00a0refunded  your\torder.",
])("%j is a claim", (sentence) => expect(promises(sentence)).toBe(true));

it("a mere question is no claim", () => {
  expect(promises("Have you refunded my order?")).toBe(false);
  expect(promises("Would you like to know how refunds work?")).toBe(false);
});
