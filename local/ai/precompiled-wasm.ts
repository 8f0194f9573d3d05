// workerd forbids compiling WebAssembly from bytes, but the engine's glue code does so when it loads:
// `new WebAssembly.Module(require("fs").readFileSync(…))`. The bundle (local/dev/bundle-platform.ts) resolves its `fs` to
// this file and its `WebAssembly.Module` to the identity below, so that it receives a module compiled at build time.
import engine from "../../node_modules/@lat.md/embed/dist/engine_bg.wasm";

declare global {
  var PrecompiledModule: unknown;
}

globalThis.PrecompiledModule = function PrecompiledModule(
  module: WebAssembly.Module,
): WebAssembly.Module {
  return module;
};

export function readFileSync(): WebAssembly.Module {
  return engine;
}
