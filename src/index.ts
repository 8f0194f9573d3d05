import { redactLogs } from "./privacy/redact-logs.ts";
import worker from "./worker.ts";

// Here, and not where it would come with every import: the console of whoever calls the application as a library is its own.
redactLogs(console);

export default worker;
