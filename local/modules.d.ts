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
declare module "mammoth/mammoth.browser.js" {
  /** A part of a document; parts that are no paragraphs have no `numbering`. */
  export interface DocxPart {
    type: string;
    children?: DocxPart[];
    value?: string;
    numbering?: { isOrdered: boolean; level: string } | null;
  }
  const mammoth: {
    convertToHtml(
      input: { arrayBuffer: ArrayBuffer },
      options?: { transformDocument?: (document: DocxPart) => DocxPart },
    ): Promise<{ value: string }>;
  };
  export default mammoth;
}
