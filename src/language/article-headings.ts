import { listed } from "./listed.ts";

/** Headings of articles that tell what stands below them, in the ten languages. */

/** At the end of many articles, above links to others and the way to support: what stands there repeats the article's subject. */
export const CLOSING_HEADINGS = listed(`
  have more questions, more questions, still have questions, any questions, questions, need help, need more help, still need help, need assistance,
  still stuck, getting help, get help, get support, related, related articles, related topics, related links, related pages, related content, related guides, see also, learn more, read more, further reading, next steps, what's next, whats next,
  additional resources, more resources, more information, was this helpful, feedback, noch fragen, weitere fragen, brauchen sie hilfe, brauchst du hilfe,
  hilfe benötigt, siehe auch, verwandte themen, verwandte artikel, ähnliche artikel, weitere informationen, weiterführende links, weiterführende informationen, nächste schritte, mehr erfahren, des questions,
  encore des questions, besoin d'aide, besoin d’aide, voir aussi, articles liés, articles connexes, en savoir plus, prochaines étapes, más preguntas, tienes más preguntas,
  necesitas ayuda, necesita ayuda, ver también, véase también, artículos relacionados, más información, próximos pasos, siguientes pasos,
  precisa de ajuda, mais perguntas, veja também, ver também, artigos relacionados, saiba mais, próximas etapas, hai bisogno di aiuto, altre domande,
  vedi anche, articoli correlati, ulteriori informazioni, per saperne di più, passaggi successivi, meer vragen, hulp nodig, zie ook,
  gerelateerde artikelen, meer informatie, volgende stappen, masz pytania, więcej pytań, potrzebujesz pomocy, zobacz też, zobacz także, powiązane artykuły, więcej informacji,
  następne kroki, 関連, 関連記事, 関連情報, その他の質問, お困りですか, 次のステップ, 詳細情報, هل لديك أسئلة, هل لديك اسئلة اخرى, هل تحتاج إلى مساعدة, انظر أيضا, مقالات ذات صلة, مزيد من المعلومات, الخطوات التالية`);

/** Of a table of contents. They say nothing of the text below them. */
export const CONTENTS_HEADINGS = listed(`
  table of contents, on this page, in this article, in this guide, in this section, page contents, toc, inhaltsverzeichnis, auf dieser seite,
  in diesem artikel, table des matières, sur cette page, dans cet article, tabla de contenidos, tabla de contenido, en esta página,
  en este artículo, índice de contenidos, sumário, nesta página, neste artigo, índice de conteúdo, indice dei contenuti, in questa pagina,
  in questo articolo, inhoudsopgave, op deze pagina, in dit artikel, spis treści, na tej stronie, w tym artykule, 目次, このページの内容,
  この記事の内容, جدول المحتويات, في هذه الصفحة, في هذا المقال`);

/** Of a table of contents, or of something else: "contents" of a box. */
export const MAYBE_CONTENTS_HEADINGS = listed(`
  contents, content, overview, index, inhalt, übersicht, sommaire, contenu, contenido, contenidos, índice, conteúdo, conteúdos, sommario,
  indice, contenuti, inhoud, overzicht, zawartość, 内容, もくじ, المحتويات`);

/** In front of a step's number. */
export const STEP_WORDS = listed(`
  step, part, schritt, teil, étape, etape, paso, passo, passaggio, fase, stap, deel, krok, część, 手順, ステップ, الخطوة`);
