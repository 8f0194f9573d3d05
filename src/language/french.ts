import type { Language } from "./language.ts";
import { listed } from "./listed.ts";

export const FRENCH: Language = {
  code: "fr",
  common:
    listed(`le, la, les, est, je, et, pas, comment, quand, ou, mon, ma, mes, vous, un, une, des, du, de, pour, avec, sur, que, qui, en, ce,
    cette, ai, nous, votre, au, aux, sont, dans, pourquoi, quel, quelle, combien, svp, il, elle, ne, plus, j, l, d, qu, ca, ceci,
    peux, puis, voudrais, dois, merci, moi, sans, tu, es, t, toi, ta, suis, y, a, oui, non, avoir, etre, se, par, si, leur, nos,
    pourriez, peut, parler, souhaite, notre, cela, tout, bonjour`),
  smallTalk: {
    greeting:
      listed(`bonjour, bonjour a tous, bonjour madame, bonjour monsieur, bonsoir, salut, coucou, rebonjour, bonne journee a vous,
      madame monsieur, chere equipe, petite question, une petite question, une question, jai une question, jai une petite question,
      jaurais une question`),
    thanks:
      listed(`merci, merci beaucoup, merci bien, merci infiniment, merci mille fois, mille mercis, un grand merci, grand merci,
      je vous remercie, je te remercie, remerciements, super, parfait, genial, impeccable, cest parfait, cest bon,
      ca marche, ca maide, cest tout, non merci`),
    farewell:
      listed(`au revoir, aurevoir, a bientot, a plus, a plus tard, a la prochaine, bonne journee, bonne soiree, bonne nuit,
      bonne fin de journee, bon week end, bon weekend, adieu, cordialement, bien cordialement, bien a vous`),
    filler:
      listed(`ok, okay, oui, non, daccord, tres bien, ah, oh, et, alors, bon, bien, encore, a vous, pour votre aide, pour ton aide,
      pour laide, pour linfo, pour les infos, pour votre reponse, pour la reponse, davance, par avance, vraiment, a tous, beaucoup`),
  },
  openers: {
    hesitation: listed(`ok, okay, euh, heu, ah, oh, hein, alors, excusez moi, pardon`),
    interjection: listed(
      `oui, non mais, bon, bien, bref, donc, dites, dites moi, question, svp, au secours, a laide, aidez moi`,
    ),
  },
  ordinals: [
    listed("un, une, premier, premiere, 1er, 1ere"),
    listed("deux, deuxieme, second, seconde, 2eme, 2e"),
    listed("trois, troisieme, 3eme, 3e"),
  ],
  last: listed("dernier, derniere"),
  yes: listed(
    "oui, oui merci, oui svp, oui sil vous plait, volontiers, cest ca, exactement, cest bien ca",
  ),
  none: listed(
    "non, aucun, aucune, aucun des deux, aucun des trois, rien de tout cela, ni lun ni lautre",
  ),
  choosing: listed("le, la, les, numero, no, option, article, svp, sil vous plait, celui, celle"),
  contact: {
    person:
      listed(`humain, humaine, conseiller, conseillere, agent, operateur, operatrice, representant, representante, interlocuteur,
      teleconseiller`),
    anyone: listed(
      "personne, quelquun, responsable, gens, service, support, equipe, sav, collaborateur, employe",
    ),
    real: listed("vrai, vraie, reel, reelle, vivant, vivante"),
    speak:
      listed(`parler, parle, discuter, echanger, contacter, joindre, passer, passez, mettre, transferer, transferez, connecter, ecrire,
      appeler, rappeler, besoin, veux, voudrais`),
    call: listed(
      "appeler, mappeler, appelez, appelle, rappeler, rappelez, rappelle, rappel, telephoner, telephonez",
    ),
    me: listed("moi, me, mappeler, rappel"),
    machine: listed("robot, bot, chatbot, machine, ordinateur, ia"),
    not: listed("pas, plus, non, sans"),
    you: listed("vous, votre, vos, tu, ton, etes, es"),
    reach: listed(
      "contact, contacter, joindre, contactez, coordonnees, support, sav, assistance, client, clients, clientele",
    ),
    phoneNumber: listed("hotline, standard"),
    emailAddress: listed("courriel"),
    phone: listed("telephone, telephonique, tel, appeler"),
    email: listed("mail, email, mel"),
    hours: listed("horaires, horaire"),
    open: listed("ouvert, ouverts, ouvrez, fermez, fermes, joignable, joignables"),
    when: listed("quand, etes, heure, heures, samedi, dimanche, weekend"),
    ours: listed(
      "numero, no, ligne, adresse, ladresse, service, support, sav, client, clients, clientele",
    ),
    other:
      listed(`je, veux, voudrais, souhaite, souhaiterais, aimerais, jaimerais, jai, besoin, peux, puis, peut, peuvent, pouvez, pourrait,
      pourriez, on, nous, il, y, a, au, aux, avec, par, pour, de, du, des, d, l, le, la, les, un, une, en, et, ou, est, sont, cest, que, quel,
      quelle, quels, quelles, qui, comment, quand, sur, chez, dun, dune, e, direct, etre, svp, stp, sil, te, plait, merci, bonjour, ok, vite,
      maintenant, tout, suite, urgent, urgence, relation, service, lequipe, equipe, stupide, foutu, ici, juste, avez, ya, ce, cet, moi, me,
      aide, dois, directement, douverture, ouverture, quelle`),
    about: listed("concernant, car, propos, sujet"),
    questions: {
      reach: "Comment vous contacter ou joindre le service client ?",
      hours: "Quels sont vos horaires d’ouverture ?",
    },
  },
  reference: {
    continues:
      listed(`et, mais, aussi, puis, ensuite, et pour, quen est il de, quen est il du, quen est il pour, et si, meme,
      encore`),
    corrects:
      listed(`pardon, desole, desolee, je veux dire, je voulais dire, voulais dire, erreur, je me suis trompe, je me suis trompee, plutot,
      en fait, correction, oups, cest faux`),
    rejects: listed("pas, au lieu de, au lieu du, plutot que, non pas"),
    pointsBack: listed(
      "ca, cela, ceci, celui, celle, ceux, celles, meme, dedans, dessus, lui, leur, cest",
    ),
    pointsBackAlone: listed("ce, elle, elles, ils"),
    prepositions:
      listed(`pour, a, au, aux, en, dans, sur, avec, sans, de, du, des, depuis, par, apres, avant, pendant, chez, vers, sous, entre, contre,
      jusqua`),
    determiners: listed(
      "le, la, les, un, une, mon, ma, mes, votre, vos, notre, nos, son, sa, ses, ce, cette, ces, quel, quelle",
    ),
    questionWords: listed(
      "comment, quand, que, quoi, qui, pourquoi, quel, quelle, quels, quelles, combien, quest",
    ),
    auxiliaries:
      listed(`est, sont, suis, etait, ai, avez, avons, ont, peut, peux, puis, pouvez, pouvons, dois, doit, faut, veux, voudrais, sera,
      marche, fonctionne`),
    subjects: listed("je, jai, nous, vous, on, il, elle, tu"),
    impersonal: listed("est ce que, quest ce que, cest possible"),
    measures:
      listed(`combien, longtemps, temps, coute, coutent, cout, prix, cher, jours, duree, dure, durent, souvent, loin, grand, marche,
      fonctionne, prend`),
  },
};
