import { spawn } from "node:child_process";
import path from "node:path";
import { expect, inject, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const url = inject("url");

/** Runs `npm run workspace` on the instance's database. */
function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    process.execPath,
    ["--no-warnings", "cli/workspace.ts", ...args, "--state", inject("state")],
    { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  let errors = "";
  child.stdout.on("data", (part: Buffer) => (output += part.toString()));
  child.stderr.on("data", (part: Buffer) => (errors += part.toString()));
  return new Promise((resolve) =>
    child.once("close", (code) => resolve({ code, output: output.trim() || errors })),
  );
}

it("the command line sets what the chat page and refusals say of a workspace, and refuses what the API refuses", async () => {
  const { output: id } = await run("create", "Castle");
  const { output: key } = await run("key", "create", id, "--kind", "publishable");
  const set = await run(
    "set",
    id,
    "company_name=It's a castle",
    "contact_url=https://castle.example/contact",
    "link_hosts=help.castle.example,*.castle.example",
    "turns_per_day=77",
  );
  expect(set.code, set.output).toBe(0);
  expect(set.output).toContain('link_hosts=["help.castle.example","*.castle.example"]');
  expect(set.output).toContain("retention_days=365");
  const again = await run("set", id, "turns_per_day=", "contact_email=help@castle.example");
  expect(again.output).toMatch(/^turns_per_day=$/m);
  const config = await fetch(`${url}/v1/config`, { headers: { authorization: `Bearer ${key}` } });
  expect(await config.json()).toMatchObject({
    company_name: "It's a castle",
    contact_url: "https://castle.example/contact",
    contact_email: "help@castle.example",
  });
  expect((await run("set", id)).output).toBe(again.output);
  for (const wrong of ["contact_url=castle", "nonsense=1", "contact_email"])
    expect([wrong, (await run("set", id, wrong)).code]).toEqual([wrong, 2]);
  expect((await run("set", "ws_unknown", "turns_per_day=5")).code).toBe(1);
}, 180_000);
