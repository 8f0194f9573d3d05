import type { Language } from "./language.ts";
import { listed } from "./listed.ts";

export const PORTUGUESE: Language = {
  code: "pt",
  common:
    listed(`o, a, os, as, e, nao, como, quando, onde, meu, minha, um, uma, de, do, da, dos, das, que, em, no, na, por, para, com, se, posso,
    tenho, esta, este, quanto, qual, sua, seu, eu, ao, quero, mas, mais, muito, sao, foi, voce, voces, pode, quem, preciso, obrigado,
    obrigada, ola, favor, es, sou, te, lhe, sem, ser, isso, ja, nossa, nosso, pelo, pela, estou, tem, depois, antes, ha, nos, aos`),
  smallTalk: {
    greeting:
      listed(`ola, ola a todos, oi, oi tudo bem, tudo bem, bom dia, boa tarde, boa noite, uma pergunta, tenho uma pergunta, tenho uma
      duvida, uma duvida`),
    thanks:
      listed(`obrigado, obrigada, muito obrigado, muito obrigada, obrigadao, brigado, brigada, valeu, agradeco, agradecido, agradecida,
      perfeito, otimo, optimo, excelente, e tudo, era isso, nao obrigado, nao obrigada`),
    farewell:
      listed(`tchau, tchau tchau, adeus, ate logo, ate mais, ate breve, ate amanha, ate a proxima, tenha um bom dia, tenha uma boa tarde, um bom
      dia, bom fim de semana, abraco, abracos, um abraco, atenciosamente`),
    filler:
      listed(`ok, okay, sim, nao, ta, ta bom, esta bem, beleza, bem, muito bem, ah, oh, e, entendi, certo, mesmo, de novo, pela ajuda, pela sua
      ajuda, pela resposta, pela informacao, por tudo, desde ja, a todos`),
  },
  openers: {
    hesitation: listed("ok, okay, hmm, ah, oh, eh, desculpe, desculpa, com licenca"),
    interjection: listed("sim, entao, bem, bom, olha, olhe, por favor, ajuda, socorro, pergunta"),
  },
  ordinals: [
    listed("um, uma, primeiro, primeira"),
    listed("dois, duas, segundo, segunda"),
    listed("tres, terceiro, terceira"),
  ],
  last: listed("ultimo, ultima"),
  yes: listed("sim, sim por favor, isso, isso mesmo, exato, exatamente"),
  none: listed("nao, nenhum, nenhuma, nenhum deles, nenhuma delas, nenhum dos dois, nada disso"),
  choosing: listed("o, a, numero, opcao, artigo, por favor"),
};
