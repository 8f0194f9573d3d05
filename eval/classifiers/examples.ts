import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface Example {
  language: string;
  label: string;
  text: string;
}

/** The texts of all languages: a file a language, a line a text, its label and a tab in front. */
export function readExamples(folder: string): Example[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".tsv"))
    .toSorted()
    .flatMap((file) =>
      readFileSync(path.join(folder, file), "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => {
          const [label = "", text = ""] = line.split("\t");
          return { language: path.basename(file, ".tsv"), label, text };
        }),
    );
}

/** Tells whether a classifier was trained on these texts. */
export function hashOf(examples: readonly Example[]): string {
  return createHash("sha256").update(JSON.stringify(examples)).digest("hex").slice(0, 16);
}
