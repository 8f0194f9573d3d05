// A minimal application on the local platform. A test sends it calls by HTTP, and it passes them on to its bindings.
interface FixtureEnv {
  AI: Ai;
  VECTORIZE: Vectorize;
  DB: D1Database;
}

interface Call {
  binding: "AI" | "VECTORIZE";
  method: string;
  args: unknown[];
}

let crons = 0;

export default {
  async fetch(request: Request, env: FixtureEnv): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/health") return Response.json({ crons });
    if (pathname === "/keys") {
      return Response.json(
        await env.DB.prepare("SELECT kind, hash, scopes FROM api_keys ORDER BY kind").all(),
      );
    }
    const { binding, method, args } = await request.json<Call>();
    try {
      const target = env[binding];
      const answer: unknown = await Reflect.apply(Reflect.get(target, method), target, args);
      return answer instanceof ReadableStream
        ? new Response(answer, { headers: { "content-type": "text/event-stream" } })
        : Response.json(answer);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return Response.json({ name, message }, { status: 500 });
    }
  },
  scheduled(): void {
    crons += 1;
  },
  queue(): void {},
};
