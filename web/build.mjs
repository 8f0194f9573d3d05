// Builds everything that the Worker serves as static assets into dist/web. Silent unless it fails. A file that would not
// change is not written: a running `wrangler dev` reloads for each, and what is in its queues is lost.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));
const out = join(web, "..", "dist", "web");

const staticFiles = ["demo/index.html", "demo/demo.css", "demo/favicon.svg", "_headers"];

// esbuild prints its own errors with the place in the source; a second copy from here would only hide them.
const bundled = await build({
  entryPoints: { demo: join(web, "demo", "main.ts") },
  outdir: out,
  bundle: true,
  write: false,
  minify: true,
  format: "esm",
  target: "es2022",
  tsconfig: join(web, "tsconfig.json"),
  logLevel: "warning",
}).catch(() => undefined);
if (!bundled) process.exit(1);

await mkdir(out, { recursive: true });
await Promise.all([
  ...bundled.outputFiles.map((file) => writeChanged(file.path, file.contents)),
  ...staticFiles.map(async (file) =>
    writeChanged(join(out, file.split("/").at(-1)), await readFile(join(web, file))),
  ),
]);

async function writeChanged(path, contents) {
  const existing = await readFile(path).catch(() => undefined);
  if (!existing?.equals(contents)) await writeFile(path, contents);
}
