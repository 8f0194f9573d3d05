import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const SRC = path.resolve(import.meta.dirname, "../../src");
const REPLACEMENTS = path.join(import.meta.dirname, "replacements");

/**
 * From now on, an import of a module of `src/` that has a file of the same path in `replacements/` gets that file, which itself
 * imports the original. So a part of the application can be removed without a line in `src/` for it. Call this before the
 * application is imported.
 */
export function replaceModules(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      if (!resolved.url.startsWith(pathToFileURL(SRC).href)) return resolved;
      const file = path.join(REPLACEMENTS, path.relative(SRC, fileURLToPath(resolved.url)));
      const isReplacement = context.parentURL?.startsWith(pathToFileURL(REPLACEMENTS).href);
      if (isReplacement || !existsSync(file)) return resolved;
      return { ...resolved, url: pathToFileURL(file).href };
    },
  });
}
