import type { OpenTool, Run } from "../actions/run.ts";
import type { ToolOutcome } from "../actions/call-tool.ts";
import type { Value } from "../playbook/fields.ts";

/** What a turn may do beside answering. Search, evaluation and drafts have none of it: they change nothing. */
export interface ActionPort {
  /** The procedure that this conversation is in. */
  run: Run | undefined;
  /** One that the visitor has left in another conversation. It goes on where the visitor asks for the same. */
  left: { run: Run; conversationId: string } | undefined;
  /** The id of the proposal whose button was pressed. */
  confirm: string | undefined;
  /** Verified claims of the visitor's token. */
  visitor: Record<string, Value>;
  /** Whether a call of this id was made before. */
  wasMade: (callId: string) => Promise<boolean>;
  /** Calls a tool once and records it. A call that the budget does not allow is not made. */
  call: (request: CallRequest) => Promise<ToolOutcome>;
}

export interface CallRequest {
  callId: string;
  tool: OpenTool;
  arguments: Record<string, Value>;
}

/** A call that a model asked for and that was not made. */
export interface RefusedCall {
  tool: string;
  reason: string;
}

/** What a turn did, beside what it said. */
export interface Acted {
  /** The procedure that the conversation is in from now on; null where it is in none. */
  run: Run | null;
  /** The conversation that the procedure was taken from. */
  takenFrom: string | undefined;
  refused: RefusedCall[];
  /** What a person is told who takes over from a procedure. */
  handover: object | undefined;
}
