import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, inject, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const url = inject("url");
const folder = mkdtempSync(path.join(tmpdir(), "edgewise-guidance-"));
afterAll(() => rmSync(folder, { recursive: true }));

function runScript(
  script: string,
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ["--no-warnings", script, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (part: Buffer) => (output += part.toString()));
  child.stderr.on("data", (part: Buffer) => (output += part.toString()));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}

/** A key of a workspace of its own: what is pruned here is nobody else's. */
async function createKey(): Promise<string> {
  const onState = ["--state", inject("state")];
  const created = await runScript("cli/workspace.ts", "create", "Rules", ...onState);
  const id = /ws_\w+/.exec(created.output)?.[0] ?? created.output;
  const scopes = "chat,documents,insight,admin";
  const args = ["key", "create", id, "--kind", "secret", "--scopes", scopes, ...onState];
  const { output } = await runScript("cli/workspace.ts", ...args);
  return /sk_\w+/.exec(output)?.[0] ?? output;
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

it("the command line keeps answers and guidance as files: push, diff, test, pull and prune", async () => {
  const key = await createKey();
  const run = (command: string, to = folder, ...options: string[]) =>
    runScript("cli/guidance.ts", command, to, "--url", url, "--key", key, ...options);
  write(
    "answers/moon.md",
    "---\nwordings:\n  - Do you deliver to the moon?\n  - Moon delivery\nvalid_from: 2026-01-01\n---\n\nNot **yet**.\n",
  );
  write(
    "guidance/volcano.yaml",
    "when:\n  topics: [Is the volcano your fault?]\naction: refuse\ntext: No comment.\n",
  );
  write(
    "tests.yaml",
    "- {message: do you deliver to the moon, expect: answers/moon}\n" +
      "- {message: is the volcano your fault, expect: guidance/volcano}\n" +
      "- {message: who won the world cup, expect: answers/moon}\n",
  );
  expect(await run("diff")).toMatchObject({ code: 1, output: expect.stringContaining("new") });
  expect(await run("push")).toMatchObject({
    code: 0,
    output: expect.stringContaining("2 stored, 0 failed"),
  });
  expect((await run("push")).output).toContain("0 stored");
  const tested = await run("test");
  expect(tested.code).toBe(1);
  expect(tested.output).toContain("2 of 3 as expected.");
  expect(tested.output).toContain("FAILED “who won the world cup”: none, not answers/moon");

  const copy = path.join(folder, "copy");
  expect((await run("pull", copy)).code).toBe(0);
  expect(readFileSync(path.join(copy, "answers/moon.md"), "utf8")).toContain("Not **yet**.");
  rmSync(path.join(folder, "answers/moon.md"));
  expect((await run("diff")).output).toContain("missing  answers/moon");
  expect((await run("push", folder, "--prune")).output).toContain("removed  answers/moon");

  const nothing = path.join(folder, "nothing");
  mkdirSync(nothing);
  expect(await run("push", nothing, "--prune")).toMatchObject({
    code: 1,
    output: expect.stringContaining("nothing is pruned"),
  });

  write("answers/bad.md", "---\nwordings: [a, A]\n---\n");
  const refused = await run("push");
  expect(refused.code).toBe(1);
  expect(refused.output).toContain("bad.md: wordings: holds one twice");
  expect(refused.output).toContain("bad.md: write what is said below the front matter.");
}, 120_000);

it("the demo's tools and procedures can be pushed, and tested", async () => {
  const demo = path.join(ROOT, "demo/playbook");
  const run = (command: string, ...options: string[]) =>
    runScript("cli/guidance.ts", command, demo, "--url", url, ...options);
  const refused = await run("push");
  expect(refused.output).toContain("tool_hosts does not list");
  const settings = await fetch(`${url}/v1/settings`, {
    method: "PATCH",
    headers: { authorization: "Bearer sk_local_demo", "content-type": "application/json" },
    body: JSON.stringify({ tool_hosts: ["api.fernhill.example"] }),
  });
  expect(settings.status).toBe(200);
  const pushed = await run("push");
  expect(pushed.output).toContain("4 stored, 0 failed");
  expect(pushed.output).toMatch(/calls are signed with tsk_[0-9a-f]{64} \(shown this once\)/);
  const tested = await run("test");
  expect(tested.output).toContain("4 of 4 as expected.");
  // Other tests have items in the same workspace, so nothing is pruned.
  for (const item of [
    "procedures/order_status",
    "procedures/warranty_claim",
    "tools/order_status",
    "tools/file_warranty_claim",
  ]) {
    const removed = await fetch(`${url}/v1/${item}`, {
      method: "DELETE",
      headers: { authorization: "Bearer sk_local_demo" },
    });
    expect(removed.status).toBe(204);
  }
});

it("a curl command becomes the file of a tool, without its secrets", async () => {
  const command =
    "curl https://api.shop.example/orders/12345 -H 'authorization: Bearer s3cr3t-s3cr3t'";
  const made = path.join(folder, "made");
  const run = () =>
    runScript("cli/guidance.ts", "import", made, "--curl", command, "--name", "look_up");
  const imported = await run();
  expect(imported.output).toContain("EDGEWISE_TOOL_LOOK_UP_AUTHORIZATION");
  const file = readFileSync(path.join(made, "tools/look_up.yaml"), "utf8");
  expect(file).toContain("https://api.shop.example/orders/{order}");
  expect(file + imported.output).not.toContain("s3cr3t");
  expect(await run()).toMatchObject({ code: 1, output: expect.stringContaining("exists") });
});
