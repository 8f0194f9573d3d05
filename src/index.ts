import { redactLogs } from "./privacy/redact-logs.ts";
import worker from "./worker.ts";

// Only the deployed Worker redacts its console. Code that imports `worker.ts`, such as the evaluation, keeps its own console unchanged.
redactLogs(console);

export default worker;
