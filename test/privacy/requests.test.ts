import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { asVisitor, createIdentitySecret } from "../support/visitor.ts";
import { addKey, ask, call, createWorkspace } from "../support/workspace.ts";
import { expectProblem } from "../support/expect-problem.ts";
import { erase, NOTHING, pathOf, rowsOf } from "../support/erasure.ts";
import { canary, whereStored } from "../support/stored-text.ts";

describe("erasure and export", () => {
  it("erasure and export need a secret key with the scope admin", async () => {
    const workspace = await createWorkspace();
    await addKey(workspace, `sk_reader${workspace.id}`, "secret", ["chat", "documents", "insight"]);
    const requests = [
      ["DELETE", "/v1/visitors/ada"],
      ["DELETE", "/v1/conversations/cv_1"],
      ["GET", "/v1/visitors/ada/export"],
    ] as const;
    for (const [method, path] of requests) {
      for (const key of [workspace.publishable, `sk_reader${workspace.id}`])
        await expectProblem(await call(key, method, path), 403, "forbidden");
      await expectProblem(await call("", method, path), 401, "unauthorized");
    }
    const rows = await env.DB.prepare(`SELECT count(*) AS n FROM erasures WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .first<{ n: number }>();
    expect(rows?.n).toBe(0);
  });

  it("erasure and export accept every visitor id that a token can have, and refuse any other", async () => {
    const workspace = await createWorkspace();
    const secret = await createIdentitySecret(workspace);
    const odd = ["a/b", "a%2Fb", "ä€ 🙂", "' OR 1=1 --", "%", "_", "x".repeat(256), "[]", "?#&"];
    for (const sub of odd) {
      const word = canary();
      await ask(workspace, "Hello", {}, await asVisitor(secret, { sub, name: word }));
      const exported = await call(workspace.secret, "GET", `${pathOf(sub)}/export`);
      expect([sub, await exported.text()]).toEqual([sub, expect.stringContaining(word)]);
      expect([sub, rowsOf(await erase(workspace, pathOf(sub)))]).toEqual([
        sub,
        { ...NOTHING, messages: 2, visitors: 1, conversations: 1, turn_ledger: expect.any(Number) },
      ]);
      expect(await whereStored(word)).toEqual([]);
    }
    const refused = ["x".repeat(257), "%00", "a%0Ab", "%FF", "%ED%A0%80"];
    for (const id of refused) {
      for (const [method, path] of [
        ["DELETE", `/v1/visitors/${id}`],
        ["GET", `/v1/visitors/${id}/export`],
      ] as const)
        await expectProblem(await call(workspace.secret, method, path), 422, "validation_failed");
    }
    const long = `/v1/conversations/${"x".repeat(257)}`;
    await expectProblem(await call(workspace.secret, "DELETE", long), 422, "validation_failed");
    for (const path of ["/v1/visitors/", "/v1/visitors/a/b", "/v1/visitors/%2e%2e"])
      await expectProblem(await call(workspace.secret, "DELETE", path), 404, "not_found");
    // A token with such an id is refused, too.
    for (const sub of ["..", ".", "a\u0000", "\ud800", "a\nb"]) {
      const headers = await asVisitor(secret, { sub });
      const response = await call(
        workspace.publishable,
        "POST",
        "/v1/chat",
        { message: "Hello" },
        { headers },
      );
      await expectProblem(response, 401, "invalid_visitor_token");
    }
  });
});
