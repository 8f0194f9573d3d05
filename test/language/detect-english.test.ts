import { expect, it } from "vitest";
import { detectLanguage } from "../../src/language/detect.ts";

it.each([
  [
    "a list of file formats",
    "You can convert files of up to 90 MB to one of these formats: TXT, DOC, DOCX, CSV, PDF, PPTX, XLS, RTF, TSV, ODT, ODS, YAML, SRT, ENV, LOG, VTT, RMD, IPYNB, TEX, WS, ROFF, KML. Files that are not in one of these have to be saved anew.",
  ],
  [
    "names of places and products",
    "To set Kielbasa Krakowska as your default browser on Lubuntu, Xubuntu or Kubuntu, open the Brzeszcz window, go to Zakopane and choose Lodz. Then restart it, and look if Nowy Targ is in the list of your browsers.",
  ],
])("an English text with %s is known for English", (_, text) => {
  expect(detectLanguage(text)).toBe("en");
});

it("a text in a language that is not ours keeps it", () => {
  const swedish =
    "Du kan avsluta din prenumeration när som helst. Gå till Inställningar och välj Prenumeration. Om du avslutar den före den tjugonde betalar du inte för nästa månad. Vi skickar en bekräftelse till din e-postadress.";
  expect(detectLanguage(swedish)).toBe("sv");
});
