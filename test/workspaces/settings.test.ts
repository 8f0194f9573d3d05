import { expect, it } from "vitest";
import { parseSettings, settingsSchema } from "../../src/workspaces/settings.ts";

const changes = settingsSchema.partial();

it("an address that is too long once it is percent-encoded is refused: it could not be read again", () => {
  const address = (characters: number): string => `https://a.example/${"ü".repeat(characters)}`;
  expect(changes.safeParse({ contact_url: address(200) }).success).toBe(false);
  const stored = changes.parse({ contact_url: address(80), hide_personal_data: true });
  expect(parseSettings(JSON.stringify(stored))).toMatchObject(stored);
});

it("a stored field that is not valid does not take the others along", () => {
  const stored = {
    contact_url: "x",
    link_hosts: ["/"],
    hide_personal_data: true,
    retention_days: 3,
  };
  expect(parseSettings(JSON.stringify(stored))).toMatchObject({
    contact_url: null,
    link_hosts: [],
    hide_personal_data: true,
    retention_days: 3,
  });
});

it("no character of an address ends or escapes the Markdown around it", () => {
  const { contact_url } = changes.parse({ contact_url: "https://a.example/?a=(`)\\" });
  expect(contact_url).toBe("https://a.example/?a=%28%60%29%5C");
});
