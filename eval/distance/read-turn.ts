import { EventSourceParserStream } from "eventsource-parser/stream";

export interface ReadTurn {
  /** Milliseconds from the question to the first word, if there is one, and to the end of the response. */
  firstWord: number | undefined;
  end: number;
  conversation: { conversation_id: string; conversation_token: string } | undefined;
  rung: string | undefined;
  /** Ids of the documents that the answer cites. */
  cited: string[];
}

interface Part {
  type: string;
  messageMetadata?: ReadTurn["conversation"];
  data?: { rung: string; citations: { external_id: string }[] };
}

/** Reads the UI message stream of a turn. @param elapsed milliseconds since the question */
export async function readTurn(response: Response, elapsed: () => number): Promise<ReadTurn> {
  const turn: ReadTurn = {
    firstWord: undefined,
    end: 0,
    conversation: undefined,
    rung: undefined,
    cited: [],
  };
  const body = response.ok ? response.body : null;
  const events = body
    ?.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(new EventSourceParserStream());
  for await (const { data } of events ?? []) {
    if (data === "[DONE]") continue;
    const part = JSON.parse(data) as Part;
    if (part.type === "start") turn.conversation = part.messageMetadata;
    if (part.type === "text-delta") turn.firstWord ??= elapsed();
    if (part.type !== "data-outcome" || !part.data) continue;
    turn.rung = part.data.rung;
    turn.cited = part.data.citations.map(({ external_id }) => external_id);
  }
  turn.end = elapsed();
  return turn;
}
