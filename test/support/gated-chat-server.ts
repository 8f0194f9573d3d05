import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface GatedChatServer {
  /** For LOCAL_CHAT_URL. */
  url: string;
  /** Resolves when the next request arrives. */
  nextRequest: () => Promise<GatedAnswer>;
  close: () => Promise<void>;
}

export interface GatedAnswer {
  say: (text: string) => void;
  end: () => void;
  /** Whether the client disconnected before the end of the answer. */
  disconnected: () => boolean;
}

/** An OpenAI-compatible server that sends each piece of an answer only when the test calls `say`. */
export async function startGatedChatServer(): Promise<GatedChatServer> {
  const waiting: GatedAnswer[] = [];
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => waiting.push(beginAnswer(response)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async nextRequest() {
      for (;;) {
        const answer = waiting.shift();
        if (answer) return answer;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function beginAnswer(response: ServerResponse): GatedAnswer {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  const send = (event: object): void => void response.write(`data: ${JSON.stringify(event)}\n\n`);
  return {
    say: (content) => send({ choices: [{ delta: { content } }] }),
    end() {
      send({ choices: [], usage: { prompt_tokens: 50, completion_tokens: 9, total_tokens: 59 } });
      response.end("data: [DONE]\n\n");
    },
    disconnected: () => response.destroyed && !response.writableFinished,
  };
}
