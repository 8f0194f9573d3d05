import type { Finding } from "../retrieval/candidates.ts";
import type { Played } from "./apply-playbook.ts";
import type { Planned } from "./plan-calls.ts";
import type { Understood } from "./understand.ts";

/** What a turn knows when it is decided whether to act. */
export interface Occasion {
  understood: Understood;
  standalone: string;
  findings: Finding[];
  played: Played;
  planned: Planned;
}
