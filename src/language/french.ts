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
      jaurais une question, ca va, comment ca va, comment allez vous, comment vas tu, tu vas bien, vous allez bien, la forme, quoi de neuf, ca roule, quel temps il fait, quel temps fait il, bien le bonjour, bonjour a tous, salut a tous, bonne annee, joyeux noel, bonnes fetes`),
    thanks:
      listed(`merci, merci beaucoup, merci bien, merci infiniment, merci mille fois, mille mercis, un grand merci, grand merci,
      je vous remercie, je te remercie, remerciements, super, parfait, genial, impeccable, cest parfait, cest bon,
      ca marche, ca maide, cest tout, non merci, cest tres gentil, cest gentil, tres aimable, vous etes tres aimable, merci a vous, merci a toi, merci infiniment, mille mercis, grand merci, je vous remercie, je te remercie, ca maide beaucoup, tres utile, bien joue, bravo, nickel, cest parfait, impeccable`),
    farewell:
      listed(`au revoir, aurevoir, a bientot, a plus, a plus tard, a la prochaine, bonne journee, bonne soiree, bonne nuit,
      bonne fin de journee, bon week end, bon weekend, adieu, cordialement, bien cordialement, bien a vous, bonne fin de journee, bonne continuation, bonne fin de soiree, bon week end, bon weekend, bonne nuit, a plus, a plus tard, a la prochaine, a tout a lheure, a demain, a bientot, salut, ciao, adieu, bye, au plaisir, bien a vous`),
    filler:
      listed(`ok, okay, oui, non, daccord, tres bien, ah, oh, et, alors, bon, bien, encore, a vous, pour votre aide, pour ton aide,
      pour laide, pour linfo, pour les infos, pour votre reponse, pour la reponse, davance, par avance, vraiment, a tous, beaucoup, chez toi, chez vous, toi, vous, aujourdhui, cest tres gentil, cest gentil, tres gentil, allez, bien, a tous, a toutes, pour ton aide, pour votre aide, pour laide, super, et toi, et vous, pour tout`),
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
  cancel: listed(
    "annuler, annulez, annule, stop, arretez, arrete, laissez tomber, laisse tomber, oubliez, oublie, jai change davis, finalement non",
  ),
  yes: listed(
    "oui, oui merci, oui svp, oui sil vous plait, volontiers, cest ca, exactement, cest bien ca",
  ),
  none: listed(
    "non, aucun, aucune, aucun des deux, aucun des trois, rien de tout cela, ni lun ni lautre",
  ),
  choosing: listed("le, la, les, numero, no, option, article, svp, sil vous plait, celui, celle"),
  asks: {
    words: {
      about: `car concernant propos sujet`,
      anyone: `collaborateur employe equipe gens personne quelquun responsable collegue*`,
      are: `cest est suis`,
      call: `appelle rappelez rappelle telephoner`,
      chat: `blague* chanson hobb* journee meteo musique pizza poeme`,
      complaint: `arnaque* catastroph* colere decu* furieu* honte* inacceptable* inadmissible* lamentable* nul nulle pire plain* reclamation* scandal*`,
      email: `email mail mel`,
      emailAddress: `courriel`,
      feedback: `adore avis bravo compliment* excellent* felicit* genial* idee* proposez suggestion* superbe*`,
      hours: `horaire*`,
      insult: `abruti* connard* connasse* cretin* debil* dimbecil* encul* foutre gueule idiot* imbecil* merde* nique* putain pute* salaud*
        salope* foutre`,
      machine: `automat* bot chatbot ia logiciel machine ordinateur programme robot`,
      me: `me moi`,
      mine: `ma mes mon`,
      name: `age appelles fais nom prenom`,
      not: `non pas plus sans`,
      open: `ferme* joignable* ouvert ouvrez`,
      other: `as aupres avez bande bien ces cet changer chez chose comprenez continuer deja dhumain dire* directement douverture dun dune e
        encore espece ete fait foutu hein ici ils jai jen juste laide lequipe longue maintenant marche ok on ouverture parlez peuvent plutot
        probleme quelles quelque quels question quoi quun* raconte* repond* reponses rien sert sil stupide suisje suite urgen* vers vite vraiment
        ya maider nai envie`,
      ours: `adresse ladresse ligne no numero`,
      person: `agent* conseiller* etre humain* interlocuteur operat* representant* teleconseiller`,
      phone: `tel telephone telephonique`,
      phoneNumber: `hotline standard`,
      reach: `assistance contactez coordonnees`,
      real: `physique reel* vivant* vrai vraie`,
      speak: `affaire avoir connecter discute* echange* ecrire parler relation repondre train transfere* transfert veut voudrais`,
      test: `asdf* azert* essai* ignore* qwer* test* verifie`,
      want: `aimer* dois exige faut jaimerai* marre mettez passe peut peux plait possible pourr* pouvez prefer* puis quon souhait* stp svp
        transfer* voudrai* voulez`,
      when: `dimanche heure* quand samedi weekend`,
      you: `te toi ton tu vos votre vous`,
      "anyone ours": `service`,
      "are speak": `parle`,
      "are you": `es tes`,
      "call me": `mappeler rappel`,
      "call name": `appelez`,
      "call speak": `rappeler`,
      "name you": `tappelles`,
      "ours reach": `client*`,
      "reach speak": `contact contacter joindre`,
      "speak want": `aide* besoin disponible laisse* mettre passer reponde veux`,
      "anyone ours reach": `sav support`,
      "are when you": `etes`,
      "call phone speak": `appeler`,
      "call speak want": `rappele`,
    },
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
