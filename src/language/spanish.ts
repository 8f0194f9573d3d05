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
      una consulta, tengo una consulta`),
    thanks:
      listed(`gracias, muchas gracias, muchisimas gracias, mil gracias, gracias mil, te lo agradezco, se lo agradezco, agradecido,
      agradecida, perfecto, genial, estupendo, excelente, me sirve, eso es todo, nada mas, no gracias, muy amable, muy amables`),
    farewell:
      listed(`adios, hasta luego, hasta pronto, hasta la proxima, hasta manana, chao, chau, nos vemos, que tenga un buen dia,
      que tengas un buen dia, que tengan buen dia, buen fin de semana, un saludo, saludos cordiales, cuidate`),
    filler:
      listed(`ok, okay, vale, si, no, bien, muy bien, ah, oh, y, de acuerdo, entendido, claro, por tu ayuda, por su ayuda,
      por la ayuda, por todo, por la informacion, por la info, por la respuesta, de antemano, de nuevo, otra vez, de verdad, a todos`),
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
  yes: listed("si, si por favor, claro, si claro, si gracias, eso es, correcto, exacto"),
  none: listed(
    "no, ninguno, ninguna, ninguno de ellos, ninguna de ellas, ninguno de los dos, ninguno de esos, nada de eso",
  ),
  choosing: listed("el, la, lo, los, numero, num, opcion, articulo, por favor"),
  contact: {
    person: listed(
      `humano, humana, agente, agentes, asesor, asesora, representante, operador, operadora, ejecutivo, teleoperador`,
    ),
    anyone:
      listed(`persona, personas, alguien, encargado, encargada, supervisor, responsable, gerente, soporte, servicio, atencion, empleado,
      tecnico`),
    real: listed("real, verdadera, verdadero, viva, vivo"),
    speak:
      listed(`hablar, hablo, platicar, conversar, comunicarme, comunicar, contactar, conectar, conectarme, conectame, pasar, pasame,
      paseme, transferir, transferirme, transfiereme, ponme, necesito, escribir, chatear, llamar, llame, atienda, quiero`),
    call: listed("llamar, llamarme, llamame, llameme, llamenme, llamadme, llame, llamen, llamada"),
    me: listed("me, llamarme, llamame, llameme, llamenme, llamadme"),
    machine: listed("robot, bot, chatbot, maquina, ordenador, computadora, ia"),
    not: listed("no, ningun, sin"),
    you: listed(
      "ustedes, vosotros, usted, tu, su, sus, eres, vuestro, vuestra, tienen, teneis, tienes, tiene",
    ),
    reach: listed(
      `contacto, contactar, contactarles, contactaros, contactarlos, contactarte, comunicarme, soporte, cliente, clientes`,
    ),
    phoneNumber: listed("telefonico, telefonica, tfno"),
    emailAddress: listed("correo"),
    phone: listed("telefono, telefonos, tel, llamar, llamarles, llamaros, fono"),
    email: listed("email, mail"),
    hours: listed("horario, horarios"),
    open: listed("abierto, abiertos, abren, abris, cierran, cerrais"),
    when: listed("cuando, hora, hoy, estan, estais, sabado, domingo"),
    ours: listed("numero, direccion, soporte, cliente, clientes, servicio, atencion"),
    other:
      listed(`yo, quiero, quisiera, queria, necesito, puedo, puede, pueden, puedes, podria, podrian, podemos, podeis, deseo, gustaria, me,
      con, un, una, uno, el, la, los, las, lo, de, del, al, a, por, para, en, y, o, es, son, estoy, hay, que, cual, cuales, como, cuando, donde,
      favor, gracias, hola, ok, si, ya, ahora, mismo, aqui, electronico, electronica, e, carne, hueso, directo, urgente, le, les, te, se,
      estupido, maldito, solo, otra, vez, equipo, estan, esta, atencion, directamente, apertura, qué`),
    about: listed("sobre, porque, respecto, acerca"),
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
