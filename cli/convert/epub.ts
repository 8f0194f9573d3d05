import { Parser } from "htmlparser2";
import { languageTag } from "../fields.ts";
import { titleFromId, type ParsedFile } from "../parse-file.ts";
import { unpack, xmlText } from "./unpack.ts";

interface Package {
  title: string;
  language: string;
  /** The files of the chapters, in reading order. */
  chapters: Set<string>;
}

/** An e-book → one HTML document: its chapters in reading order. */
export function readEpub(externalId: string, bytes: Uint8Array): ParsedFile {
  const files = unpack(bytes, (name) => /\.(?:xml|opf|x?html?)$/i.test(name));
  const root = /full-path\s*=\s*["']([^"']{1,500})/.exec(
    xmlText(files.get("META-INF/container.xml")),
  )?.[1];
  if (!root || !files.has(root)) throw new Error("It is no e-book: it has no list of chapters");
  if (files.has("META-INF/encryption.xml") && /rights\.xml/.test([...files.keys()].join(" ")))
    throw new Error("It is protected (DRM). Export the text without protection");
  const { title, language, chapters } = readPackage(xmlText(files.get(root)), root);
  const bodies = Array.from(chapters, (file) => bodyOf(xmlText(files.get(file))));
  const content = `<body>${bodies.join("\n")}</body>`;
  const tag = languageTag(language);
  return {
    document: {
      external_id: externalId,
      title: title || titleFromId(externalId),
      content,
      content_type: "text/html",
      ...(tag && { language: tag }),
    },
    notes: [],
  };
}

function readPackage(opf: string, root: string): Package {
  const read: Package = { title: "", language: "", chapters: new Set() };
  const files = new Map<string, { file: string; isContents: boolean }>();
  let into: "title" | "language" | undefined;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const plain = name.replace(/^\w+:/, "");
        if ((plain === "title" || plain === "language") && !read[plain]) into = plain;
        else if (plain === "item") {
          const file = new URL(attributes["href"] ?? "", `file:///${root}`).pathname.slice(1);
          const isContents = /\bnav\b/.test(attributes["properties"] ?? "");
          files.set(attributes["id"] ?? "", { file: decodeURIComponent(file), isContents });
        } else if (plain === "itemref") {
          const item = files.get(attributes["idref"] ?? "");
          if (item && !item.isContents) read.chapters.add(item.file);
        }
      },
      ontext(text) {
        if (into) read[into] += text;
      },
      onclosetag() {
        into = undefined;
      },
    },
    { xmlMode: true },
  );
  parser.end(opf);
  return { ...read, title: read.title.trim(), language: read.language.trim() };
}

function bodyOf(page: string): string {
  const start = /<body\b[^>]*>/i.exec(page);
  if (!start) return page;
  const end = page.toLowerCase().lastIndexOf("</body");
  return page.slice(start.index + start[0].length, end < 0 ? undefined : end);
}
