import type { Language } from "./language.ts";
import { listed } from "./listed.ts";

export const SPANISH: Language = {
  code: "es",
  common:
    listed(`el, la, los, las, es, y, no, como, cuando, donde, mi, mis, un, una, de, del, que, en, por, para, con, se, lo, me, puedo, tengo,
    esta, este, cuanto, cual, su, tu, yo, si, al, quiero, hay, pero, mas, muy, son, ha, he, quien, debo, necesito, o, os, gracias,
    hola, eres, soy, te, le, favor, sin, ser, tus, nuestro, ya, datos, solo, desde, estoy, ese, eso, nada, quisiera, hablar, nos,
    contigo, vosotros, ustedes, usted`),
  smallTalk: {
    greeting:
      listed(`hola, hola a todos, que tal, buenas, muy buenas, buenos dias, buen dia, buenas tardes,
      buenas noches, saludos, estimado equipo, estimados, una pregunta, una preguntita, tengo una pregunta, tengo una duda, una duda,
      una consulta, tengo una consulta, que tal, como estas, como esta usted, como esta, como va, como va todo, como va tu dia, que tal tu dia, que tal el dia, que tal va el dia, como te va, que hay, que pasa, que onda, todo bien, muy buenas, buenas, que tal todo, como te encuentras, feliz navidad, feliz ano nuevo`),
    thanks:
      listed(`gracias, muchas gracias, muchisimas gracias, mil gracias, gracias mil, te lo agradezco, se lo agradezco, agradecido,
      agradecida, perfecto, genial, estupendo, excelente, me sirve, eso es todo, nada mas, no gracias, muy amable, muy amables, muy amable, mil gracias, muchisimas gracias, gracias de corazon, te lo agradezco, se lo agradezco, eres muy amable, muy util, me sirvio, me ha servido, me ayudo mucho, buen trabajo, bien hecho, de lujo, estupendo, fenomenal`),
    farewell:
      listed(`adios, hasta luego, hasta pronto, hasta la proxima, hasta manana, chao, chau, nos vemos, que tenga un buen dia,
      que tengas un buen dia, que tengan buen dia, buen fin de semana, un saludo, saludos cordiales, cuidate, nos vemos, que tenga buen dia, que tengas buen dia, que tenga un buen dia, que tengas un buen dia, que pase buen dia, que vaya bien, que le vaya bien, buen dia, buen fin de semana, hasta la vista, hasta manana, hasta pronto, hasta la proxima, chao, chau, adios, buenas noches, cuidate`),
    filler:
      listed(`ok, okay, vale, si, no, bien, muy bien, ah, oh, y, de acuerdo, entendido, claro, por tu ayuda, por su ayuda,
      por la ayuda, por todo, por la informacion, por la info, por la respuesta, de antemano, de nuevo, otra vez, de verdad, a todos, hoy, a ti, a usted, a todos, muy amable, y tu, y usted, eres muy amable, muy buenas, gracias a ti, igualmente, te lo, mucho, todo, por todo`),
  },
  openers: {
    hesitation: listed(
      `ok, okay, vale, eh, mmm, ah, oh, disculpe, disculpa, disculpen, perdon, perdona, perdone, oye, oiga`,
    ),
    interjection: listed(
      `si, bueno, pues, bien, mira, mire, a ver, ayuda, por favor, ayuda por favor, pregunta, entonces`,
    ),
  },
  ordinals: [
    listed("uno, una, primero, primera, primer"),
    listed("dos, segundo, segunda"),
    listed("tres, tercero, tercera, tercer"),
  ],
  last: listed("ultimo, ultima"),
  cancel: listed(
    "cancelar, cancela, cancele, cancelalo, parar, para, dejalo, dejelo, olvidalo, olvidelo, he cambiado de opinion, ya no, mejor no",
  ),
  yes: listed("si, si por favor, claro, si claro, si gracias, eso es, correcto, exacto"),
  none: listed(
    "no, ninguno, ninguna, ninguno de ellos, ninguna de ellas, ninguno de los dos, ninguno de esos, nada de eso",
  ),
  choosing: listed("el, la, lo, los, numero, num, opcion, articulo, por favor"),
  asks: {
    words: {
      about: `acerca porque respecto sobre`,
      anyone: `alguien empleado encargad* gerente persona* responsable supervisor tecnico`,
      are: `contesta es esta estoy responde son`,
      call: `llamada llamen`,
      chat: `aburrido calor cancion chiste* clima gracios* hobb* musica novia pizza poema`,
      complaint: `decepcion* desastre enfadad* estafa horrible inaceptable* indignad* lamentable mala malo pesima* pesimo* queja* reclam* verguenza`,
      email: `email mail`,
      emailAddress: `correo`,
      feedback: `encanta* enhorabuena fantastic* felicit* genial idea* maravill* opinion sugerencia* sugiero`,
      hours: `horario*`,
      insult: `cabron* callate capullo* gilipollas idiota* imbecil* inutil* joder mierda* pendejo* puta* puto* subnormal* tonto* hijo hijoputa`,
      machine: `automatic* bot chatbot computadora contestador ia maquina* ordenador programa robot`,
      me: `me`,
      mine: `mi mis`,
      name: `anos llamas nombre`,
      not: `ningun no sin`,
      open: `abierto* abren abris cerrais cierran`,
      other: `a ahora algo algun* apertura aqui ayuda* bueno cambiar contest* cuales cuantos cuenta* den dia dime direct* directamente e eh
        electronic* entiende* equipo esto estupido funciona hablas hace hueso idioma les maldito mismo ok otra otro oye podria pregunta problema
        puede pues respond* sea sirve tal tan tener todo uno urgente va vaya vez mensaje`,
      ours: `direccion numero`,
      person: `agente* asesor* ejecutivo human* operador* representante* teleoperador`,
      phone: `fono llamarles llamaros tel telefono*`,
      phoneNumber: `telefonic* tfno`,
      reach: `contactarl* contactaros contactarte contacto`,
      real: `carne fisica real* verdad* viva vivo`,
      speak: `atend* atiend* chatear comunic* comuniqu* conectame conectar* conteste conversar escribir hablando hablar necesito pasadme pasar
        pasen* platicar ponga* responda transferir* transfier* transfir* tratar`,
      test: `asdf* probando prueba* qwer* test*`,
      tongue: `castellano`,
      want: `comuni* conecta* dame deme deseo exijo favor gustaria hay necesit* pasar* pasenme pode* podria* pongame puede* puedo queria quisiera
        transf* ya`,
      when: `cuando domingo estais estan hora hoy sabado`,
      you: `su sus te teneis tiene* tu usted* vosotr* vuestr*`,
      "anyone ours": `atencion servicio`,
      "are speak": `hablo`,
      "are you": `eres`,
      "call me": `llamarme llameme`,
      "call speak": `llame`,
      "ours reach": `cliente*`,
      "reach speak": `comunicarme contactar`,
      "speak want": `pasame ponme prefiero quiero`,
      "anyone ours reach": `soporte`,
      "call phone speak": `llamar`,
    },
    questions: {
      reach: "¿Cómo puedo contactar con ustedes o con el servicio de atención al cliente?",
      hours: "¿Cuál es su horario de apertura y de atención?",
    },
  },
  reference: {
    continues: listed(
      `y, pero, tambien, y para, que tal, y si, que pasa con, que hay de, ademas, incluso, todavia`,
    ),
    corrects:
      listed(`perdon, perdona, lo siento, quiero decir, quise decir, queria decir, me refiero a, me referia a, mejor dicho, mas bien,
      en realidad, me equivoque, correccion, ups`),
    rejects: listed("no, en vez de, en lugar de"),
    pointsBack:
      listed(`eso, esto, ello, ese, esa, esos, esas, aquello, estos, mismo, misma, ahi, alli, activarlo, hacerlo, usarlo,
      cancelarlo, cambiarlo, devolverlo, pagarlo`),
    pointsBackAlone: listed("lo, la, los, las, ella, ellos, ellas"),
    prepositions: listed(
      `para, a, al, en, con, sin, de, del, desde, por, hasta, antes de, despues de, durante, sobre, entre, hacia, segun, contra`,
    ),
    determiners: listed(
      "el, la, los, las, un, una, unos, unas, mi, mis, su, sus, tu, tus, este, esta, cada, otro, otra",
    ),
    questionWords: listed(
      "como, cuando, donde, que, quien, cual, cuales, porque, cuanto, cuanta, cuantos, cuantas",
    ),
    auxiliaries:
      listed(`es, son, soy, era, esta, estan, he, ha, han, hay, puedo, puede, podeis, pueden, podemos, debo, tengo, tiene, tienen, quiero,
      quisiera, necesito, funciona`),
    subjects: listed("yo, nosotros, ustedes, se"),
    impersonal: listed("lo que, los que, la que, las que"),
    measures:
      listed(`cuanto, cuanta, cuantos, cuantas, cuesta, cuestan, costo, coste, precio, tarda, tardan, tiempo, dias, dura, duran, lejos,
      grande, funciona, pasa`),
  },
};
