import {
  ConverterUnavailable,
  UnsupportedFile,
  type DocumentConverter,
  type CallMeter,
} from "./ports.ts";
import { asModelUnavailable } from "./workers-ai-run.ts";

/** https://developers.cloudflare.com/workers-ai/features/markdown-conversion/usage/binding/ */
export function workersAiConverter(ai: Ai, calls: CallMeter): DocumentConverter {
  return {
    async convert(fileName, contentType, bytes) {
      const file = { name: fileName, blob: new Blob([bytes], { type: contentType }) };
      const options = { conversionOptions: { pdf: { metadata: false } } };
      let answer: ConversionResponse;
      try {
        answer = await calls.track("ai", () => ai.toMarkdown(file, options));
      } catch (error) {
        const { message, transient, isUnusable } = asModelUnavailable(error);
        throw new ConverterUnavailable(message, { transient, isUnusable, cause: error });
      }
      if (answer.format !== "error") return answer.data;
      console.warn("convert: refused", { contentType, error: answer.error });
      if (/\bunsupported\b|\bnot supported\b/i.test(answer.error))
        throw new UnsupportedFile(answer.error);
      return undefined;
    },
  };
}
