import { Parser } from "htmlparser2";

/** An element of an office file. Prefixes of namespaces are left out. */
export class XmlElement {
  readonly name: string;
  readonly attributes: Record<string, string | undefined>;
  readonly children: XmlElement[] = [];
  text = "";

  constructor(name: string, attributes: Record<string, string | undefined>) {
    this.name = name;
    this.attributes = attributes;
  }

  /** All elements of this name below this one, in their order. */
  all(name: string): XmlElement[] {
    const found: XmlElement[] = [];
    const look = ({ children }: XmlElement): void => {
      for (const child of children) {
        if (child.name === name) found.push(child);
        look(child);
      }
    };
    look(this);
    return found;
  }
}

/** No office file nests deeper; walking the tree by recursion takes stack. */
const MAX_DEPTH = 200;

export function parseXml(xml: string): XmlElement {
  const root = new XmlElement("", {});
  const open = [root];
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        if (open.length > MAX_DEPTH) throw new Error("The XML is nested too deep");
        const named = Object.entries(attributes).map(([name, value]) => [localName(name), value]);
        const element = new XmlElement(localName(tag), Object.fromEntries(named));
        open.at(-1)?.children.push(element);
        open.push(element);
      },
      ontext(text) {
        const element = open.at(-1);
        if (element) element.text += text;
      },
      onclosetag: () => void open.pop(),
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return root;
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
