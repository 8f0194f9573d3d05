import type { Marks, RenderedPage } from "../block.ts";
import { collect } from "./collect.ts";

declare global {
  var collectText: (marks: Marks) => RenderedPage;
}

globalThis.collectText = collect;
