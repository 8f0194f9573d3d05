import { foldWord } from "../../text/fold.ts";

/**
 * Headings at the end of many articles, above links to others and the way to support, in the languages of `language/`. A text below one repeats the
 * article's subject and answers nothing.
 */
const CLOSING = new Set(
  `
  have more questions, more questions, still have questions, any questions, questions, need help, need more help, still need help, need assistance,
  still stuck, getting help, get help, get support, related, related articles, related topics, related links, related pages, related content, related guides, see also, learn more, read more, further reading, next steps, what's next, whats next,
  additional resources, more resources, more information, was this helpful, feedback, noch fragen, weitere fragen, brauchen sie hilfe, brauchst du hilfe,
  hilfe benötigt, siehe auch, verwandte themen, verwandte artikel, ähnliche artikel, weitere informationen, weiterführende links, weiterführende informationen, nächste schritte, mehr erfahren, des questions,
  encore des questions, besoin d'aide, besoin d’aide, voir aussi, articles liés, articles connexes, en savoir plus, prochaines étapes, más preguntas, tienes más preguntas,
  necesitas ayuda, necesita ayuda, ver también, véase también, artículos relacionados, más información, próximos pasos, siguientes pasos,
  precisa de ajuda, mais perguntas, veja também, ver também, artigos relacionados, saiba mais, próximas etapas, hai bisogno di aiuto, altre domande,
  vedi anche, articoli correlati, ulteriori informazioni, per saperne di più, passaggi successivi, meer vragen, hulp nodig, zie ook,
  gerelateerde artikelen, meer informatie, volgende stappen, masz pytania, więcej pytań, potrzebujesz pomocy, zobacz też, zobacz także, powiązane artykuły, więcej informacji,
  następne kroki, 関連, 関連記事, 関連情報, その他の質問, お困りですか, 次のステップ, 詳細情報, هل لديك أسئلة, هل لديك اسئلة اخرى, هل تحتاج إلى مساعدة, انظر أيضا, مقالات ذات صلة, مزيد من المعلومات, الخطوات التالية`
    .split(",")
    .map((text) => foldWord(text.trim())),
);
/** Those that a longer heading may begin with, where it is a question. */
const QUESTIONS = [...CLOSING].filter((text) => text.includes(" "));

/** Whether a section closes an article. */
export function isClosing(headingPath: readonly string[]): boolean {
  const heading = foldWord(headingPath.at(-1)?.trim() ?? "");
  const words = heading.replace(/\s*[?？!.:؟]+$/u, "");
  // "Have more questions about the API?", and no "Feedback widget".
  const isQuestion = words !== heading;
  return CLOSING.has(words) || (isQuestion && QUESTIONS.some((one) => words.startsWith(one)));
}
