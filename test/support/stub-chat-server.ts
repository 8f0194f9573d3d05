import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

interface ChatRequest {
  url: string;
  authorization: string | undefined;
  body: Record<string, unknown>;
}

export interface StubChatServer {
  url: string;
  requests: ChatRequest[];
  /** The status of the next responses; default: 200. */
  status: number;
  /** True once a client has disconnected before the end of its stream. */
  aborted: boolean;
  close(): Promise<void>;
}

/** An OpenAI-compatible server that answers "one two three", streamed with a pause between the words. */
export async function startStubChatServer(pauseMs: number): Promise<StubChatServer> {
  const server = createServer((request, response) => void answer(request, response));
  const stub: StubChatServer = {
    url: "",
    requests: [],
    status: 200,
    aborted: false,
    close: () => close(server),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text);
    stub.requests.push({
      url: request.url ?? "",
      authorization: request.headers.authorization,
      body,
    });
    if (stub.status !== 200) return void response.writeHead(stub.status).end("{}");
    if (!body.stream)
      return void response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify(COMPLETION));
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.once("close", () => (stub.aborted ||= !response.writableFinished));
    for (const word of ["one ", "two ", "three"]) {
      if (response.destroyed) return;
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content: word } }] })}\n\n`);
      await sleep(pauseMs);
    }
    response.end(
      `data: ${JSON.stringify({ choices: [], usage: COMPLETION.usage })}\n\ndata: [DONE]\n\n`,
    );
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("The stub server has no port.");
  stub.url = `http://127.0.0.1:${address.port}/v1`;
  return stub;
}

export const COMPLETION = {
  object: "chat.completion",
  choices: [
    { index: 0, message: { role: "assistant", content: "one two three" }, finish_reason: "stop" },
  ],
  usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
};

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
