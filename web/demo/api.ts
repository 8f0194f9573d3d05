import { asRecord, asText, readChatEvents, type ChatEvent } from "./stream.ts";

/** An error message for the visitor. */
export type Failure = { title: string; detail: string; requestId: string };

export type KeyLookup =
  | { kind: "found"; key: string }
  | { kind: "missing" }
  | { kind: "secret" }
  | { kind: "unreachable" };

export type ChatReply =
  | { ok: true; events: AsyncGenerator<ChatEvent> }
  | { ok: false; failure: Failure };

/** The id of a conversation, and the token from its first answer that opens it. */
export type Conversation = { id: string; token: string };

export type Question = { message: string; confirm: string; conversation: Conversation | null };

/** Finds the publishable key: the address's `?key=` wins over the deployment's own demo key. */
export async function findKey(search: string): Promise<KeyLookup> {
  const given = new URLSearchParams(search).get("key")?.trim();
  if (given?.startsWith("sk_")) return { kind: "secret" };
  if (given) return { kind: "found", key: given };
  try {
    const response = await fetch("/demo.json", { headers: { accept: "application/json" } });
    if (response.status === 404) return { kind: "missing" };
    if (!response.ok) return { kind: "unreachable" };
    const key = asText(asRecord(await response.json()).key);
    return key ? { kind: "found", key } : { kind: "missing" };
  } catch {
    return { kind: "unreachable" };
  }
}

/** What the page shows of the workspace. Empty where its settings say nothing. */
export type Workspace = { company: string; assistant: string; starters: string[] };

export const UNKNOWN_WORKSPACE: Workspace = { company: "", assistant: "", starters: [] };

/** The workspace of a key, null where the key is not valid here. One that cannot be read now has no name. */
export async function readWorkspace(key: string): Promise<Workspace | null> {
  const response = await fetch("/v1/config", {
    headers: { authorization: `Bearer ${key}` },
  }).catch(() => null);
  if (response?.status === 401 || response?.status === 403) return null;
  const read = asRecord(response?.ok ? await response.json().catch(() => null) : null);
  const { starter_questions: starters } = read;
  return {
    company: asText(read.company_name),
    assistant: asText(read.assistant_name),
    starters: Array.isArray(starters) ? starters.map(asText).filter(Boolean) : [],
  };
}

/** The messages of a conversation, oldest first; null when it cannot be opened, or not now. */
export async function readMessages(
  key: string,
  { id, token }: Conversation,
): Promise<Record<string, unknown>[] | null> {
  try {
    const response = await fetch(`/v1/conversations/${encodeURIComponent(id)}`, {
      headers: { authorization: `Bearer ${key}`, "x-conversation-token": token },
    });
    if (!response.ok) return null;
    const { messages } = asRecord(await response.json());
    return Array.isArray(messages) ? messages.map(asRecord) : null;
  } catch {
    return null;
  }
}

/** Asks one question. Rejects only when `signal` aborts. Any other error before the stream is a `failure`. */
export async function askQuestion(
  key: string,
  question: Question,
  signal: AbortSignal,
): Promise<ChatReply> {
  let response: Response;
  try {
    response = await fetch("/v1/chat", {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        accept: "text/event-stream",
      },
      body: JSON.stringify({
        message: question.message,
        ...(question.confirm && { confirm: question.confirm }),
        ...(question.conversation && {
          conversation_id: question.conversation.id,
          conversation_token: question.conversation.token,
        }),
      }),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, failure: networkFailure() };
  }
  if (!response.ok) return { ok: false, failure: await toFailure(response) };
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (!isStream || !response.body) return { ok: false, failure: unexpectedFailure(response) };
  return { ok: true, events: readChatEvents(response.body) };
}

/**
 * Asks the server to end the answer that it is writing; what was shown stays in the conversation.
 * @returns whether an answer is being written
 */
export async function requestStop(key: string, { id, token }: Conversation): Promise<boolean> {
  const reply = await fetch(`/v1/conversations/${encodeURIComponent(id)}/stop`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "x-conversation-token": token },
  }).catch(() => null);
  const answer: unknown = reply?.ok ? await reply.json().catch(() => null) : null;
  return asRecord(answer).stopping === true;
}

function networkFailure(): Failure {
  const title = navigator.onLine ? "The help centre cannot be reached" : "You are offline";
  return {
    title,
    detail: "Your question was not answered. Check your connection and try again.",
    requestId: "",
  };
}

function unexpectedFailure(response: Response): Failure {
  return {
    title: "Something went wrong on our side",
    detail: "The server did not answer in the form that this page expects.",
    requestId: response.headers.get("x-request-id") ?? "",
  };
}

/** The problem document of a response, if it has one. A proxy may have answered with HTML. */
async function toFailure(response: Response): Promise<Failure> {
  // What the problem says of keys is for developers.
  if (response.status === 401 || response.status === 403)
    return {
      title: "This page is not connected to a help centre",
      detail: "Its key is not valid here. The owner of the site can correct it.",
      requestId: response.headers.get("x-request-id") ?? "",
    };
  const problem = asRecord(await response.json().catch(() => null));
  const fallback = unexpectedFailure(response);
  const title = asText(problem.title);
  if (!title) return { ...fallback, detail: `The server answered with status ${response.status}.` };
  return {
    title,
    detail: [asText(problem.detail), waitHint(response)].filter(Boolean).join(" "),
    requestId: asText(problem.request_id) || fallback.requestId,
  };
}

function waitHint(response: Response): string {
  const seconds = Number(response.headers.get("retry-after"));
  if (!(seconds > 0)) return "";
  return seconds === 1
    ? "You can try again in a second."
    : `You can try again in ${seconds} seconds.`;
}
