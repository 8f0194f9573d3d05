// Reads one input and prints by how much the process grew: its peak over its size when idle.
import { readHeldOut } from "./held-out.ts";
import { find, refusalOf, textFor, type Job } from "./work.ts";

const job = JSON.parse(process.argv[2] ?? "") as Job;
const file = process.argv[3];
const heldOut = file ? (await readHeldOut(file)).inputs : [];
const { grammar, target } = find(job);
// What is loaded and compiled at first use belongs to the idle process.
await refusalOf(target, grammar.prose(500));
const input = textFor(job, grammar, heldOut);
globalThis.gc?.();
const idle = process.memoryUsage.rss();
const before = process.resourceUsage().maxRSS;
await refusalOf(target, input);
const peak = process.resourceUsage().maxRSS;
// A peak that loading has reached before hides one that is lower, which then is no more than loading took.
const megabytes = peak > before ? peak / 1024 - idle / 1024 / 1024 : 0;
console.log(`peak ${megabytes.toFixed(0)}`);
