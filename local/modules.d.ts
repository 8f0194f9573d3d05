declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "*?raw" {
  const text: string;
  export default text;
}
declare module "*/engine.cjs" {
  export class Embedder {
    constructor(weights: Uint8Array, tokenizer: Uint8Array, config: Uint8Array, maxTokens: number);
    embed(texts: string[]): number[][];
  }
}
