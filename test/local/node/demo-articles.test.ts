import path from "node:path";
import { expect, it } from "vitest";
import { parseArticle, readArticles } from "../../../local/dev/demo-articles.ts";

it("the reader of demo articles separates front matter, quoted or plain, from the content", () => {
  const source =
    '---\ntitle: "A \\"quoted\\" title: yes"\nurl: https://x.example/a?b=c\nlanguage: en\n---\n\n# Heading\n\n---\n\nBody\n';
  expect(parseArticle("a/b", source)).toEqual({
    external_id: "a/b",
    title: 'A "quoted" title: yes',
    url: "https://x.example/a?b=c",
    language: "en",
    content: "# Heading\n\n---\n\nBody\n",
    content_type: "text/markdown",
  });
});

it("a demo article without front matter is read as it is", () => {
  expect(parseArticle("plain", "Just text")).toMatchObject({
    title: "plain",
    content: "Just text",
  });
});

it("every demo article has a title and an address", async () => {
  const articles = await readArticles(path.resolve(import.meta.dirname, "../../../demo/articles"));
  expect(articles.length).toBeGreaterThan(30);
  for (const article of articles) {
    expect(article.external_id).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/);
    expect(article.title).not.toBe(article.external_id);
    expect(article.url).toMatch(/^https:/);
    expect(article.content).not.toMatch(/^---/);
  }
});
