import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { ask, call, createWorkspace } from "../support/workspace.ts";

beforeEach(() => env.CONTROL.reset());

const CONTENT = `# The tin castle

## Drain the moat

Before you begin, read [what you need](../tools#list) and [the shop](https://shop.example/x).

1. Close **the tap**.

   ![The tap of the castle from above](tap.png)
2. Run:

   \`\`\`sh
   moat --drain https://castle.example/<id>
   \`\`\`

> [!CAUTION]
> The water is *hot*.

| Moat | Minutes |
| --- | --- |
| **Small** | 5 |
| [Large](/large) | 10 |
`;

it("an answer without a model is the Markdown of the document, and its citation has each passage that it quotes", async () => {
  const workspace = await createWorkspace({
    castle: {
      title: "The tin castle",
      url: "https://castle.help.example/guides/moat",
      content: CONTENT,
    },
  });
  const { text, citations, conversation_id, conversation_token } = await ask(workspace, {
    message: "How do I drain the moat of the tin castle?",
  });
  expect(text).toContain(
    "read [what you need](https://castle.help.example/tools#list) and the shop.",
  );
  expect(text).toContain(
    "1. Close **the tap**.\n2. Run:\n   ```sh\n   moat --drain https://castle.example/<id>\n   ```",
  );
  expect(text).toContain("> **Caution:** The water is *hot*.");
  expect(text).toContain(
    "| Moat | Minutes |\n| - | - |\n| **Small** | 5 |\n| [Large](https://castle.help.example/large) | 10 |",
  );
  expect(text).not.toContain("from above");
  expect(text.match(/\[1\]/g)).toHaveLength(1);
  const [citation] = citations;
  expect(citation?.quotes?.[0]).toBe(citation?.quote);
  expect(citation?.quotes?.join("\n")).toMatch(/read what you need[^]*Moat: Large; Minutes: 10/);
  const response = await call(
    workspace.publishable,
    "GET",
    `/v1/conversations/${conversation_id}`,
    undefined,
    { headers: { "x-conversation-token": conversation_token ?? "" } },
  );
  const { messages } = await response.json<{ messages: { citations: object[] }[] }>();
  expect(messages[1]?.citations).toEqual(citations);
});

it("an answer from a chunk that was stored before chunks were marked is its text", async () => {
  const content = "Drain **the moat** of the tin castle [once a year](/x) with `moat --drain`.";
  const workspace = await createWorkspace({
    castle: { title: "The tin castle", url: "https://castle.help.example/", content },
  });
  await env.DB.prepare(`UPDATE chunks SET marks = NULL WHERE workspace_id = ?1`)
    .bind(workspace.id)
    .run();
  const { text } = await ask(workspace, { message: "How do I drain the moat of the tin castle?" });
  expect(text).toBe("Drain the moat of the tin castle once a year with moat --drain. [1]");
});
