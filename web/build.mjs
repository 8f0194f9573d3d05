// Builds everything that the Worker serves as static assets into dist/web. Silent unless it fails. An unchanged file
// is not written, because each write makes a running `wrangler dev` reload and lose its queued messages.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));
const out = join(web, "..", "dist", "web");

const staticFiles = ["demo/index.html", "demo/demo.css", "demo/favicon.svg", "_headers"];

// esbuild has printed its errors with their place in the source already.
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
