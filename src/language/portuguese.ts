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
      duvida, uma duvida, tudo bom, como vai, como vais, como esta, como estas, tudo certo, e ai, beleza`),
    thanks:
      listed(`obrigado, obrigada, muito obrigado, muito obrigada, obrigadao, brigado, brigada, valeu, agradeco, agradecido, agradecida,
      perfeito, otimo, optimo, excelente, e tudo, era isso, nao obrigado, nao obrigada`),
    farewell:
      listed(`tchau, tchau tchau, adeus, ate logo, ate mais, ate breve, ate amanha, ate a proxima, tenha um bom dia, tenha uma boa tarde, um bom
      dia, bom fim de semana, abraco, abracos, um abraco, atenciosamente, fique bem, ate a vista, boa noite, um bom fim de semana, passe bem, continuacao de um bom dia`),
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
  cancel: listed(
    "cancelar, cancela, cancele, parar, pare, para, deixa, deixe, esquece, esqueca, mudei de ideia, ja nao, melhor nao",
  ),
  yes: listed("sim, sim por favor, isso, isso mesmo, exato, exatamente"),
  none: listed("nao, nenhum, nenhuma, nenhum deles, nenhuma delas, nenhum dos dois, nada disso"),
  choosing: listed("o, a, numero, opcao, artigo, por favor"),
  asks: {
    words: {
      about: `acerca porque sobre`,
      anyone: `alguem atendimento colega* equip* gerente pessoa* responsavel supervisor* tecnico*`,
      are: `e esta estou fala sou`,
      call: `ligacao ligarem ligue* telefonar telefonem`,
      chat: `anedota* cancao hobb* piada* poema`,
      complaint: `burla dececionad* decepcionad* desastre horrivel inaceitavel pessim* queixa* reclam* vergonha`,
      feedback: `adoro elogio* excelente fantastic* ideia* parabens sugest*`,
      insult: `burro* cabr* caralho estupid* foda* idiota* imbecil* inutil* merda* otari* palhac* porra puta*`,
      machine: `automatic* bot chatbot computador ia maquina* programa robo* software`,
      me: `me mim nos`,
      name: `chama* nome`,
      not: `nao nenhum* sem`,
      other: `aberto* abre* agora ajuda* algum* aqui boa boca bom cala carne cliente* conta* conte dia diga dire* domingo email endereco entende*
        estao fala* fecha* funciona hoje hora* idioma isto lingua linha mail mesmo meu meus minha* mudar nada noite numero obrigad* oi ou outra
        podia problema quais quando respond* resposta* sabado seja serio so tarde tel telefon* telefonico telemovel urgente urgentemente vai vez`,
      person: `agente* assistentes atendente* colaborador* consultor* funcionario* human* operador* representante*`,
      reach: `contacto* contato*`,
      real: `osso reais real verdade* viva vivo`,
      speak: `atend* chat comunicar conversar encaminh* escrever falar fale preciso quero`,
      test: `asdf* qwer* test*`,
      want: `deix* desejo exijo favor gostar* ha pode* posso precis* prefiro quer*`,
      you: `seu sua te tu voce* vos voss*`,
      "anyone reach": `apoio suporte`,
      "are speak": `falo`,
      "are you": `es`,
      "call speak": `ligar`,
      "reach speak": `contactar`,
      "speak want": `pass* ponha* transfer*`,
      "want you": `tem`,
    },
  },
};
