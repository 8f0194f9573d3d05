import type { Citation } from "../citations/source.ts";
import type { ModelUsage, TokenUsage } from "../models/ports.ts";
import type { Rung } from "./answer.ts";

/** What a rung of the ladder wrote. `text` is empty when it found that the sources hold no answer. */
export interface Draft {
  text: string;
  citations: Citation[];
  /** Whether any of the text was shown. */
  shown: boolean;
  /** Whether it says of a part of the message that it is not answered. */
  isPartial: boolean;
  rung: Rung;
  model: string | null;
  usage: TokenUsage;
  /** The reader stopped it: `text` is what was shown. */
  stopped?: true;
  /** Tokens of models whose text was discarded. They cost money, too. */
  wasted: ModelUsage[];
  /** Of a kept answer that came before the model: what that used. */
  saved?: ModelUsage;
  /** The model failed, and its text ends early. */
  isCut?: true;
}
