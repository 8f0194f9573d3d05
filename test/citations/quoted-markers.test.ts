import { beforeAll, expect, it } from "vitest";
import { ask, createWorkspace, expectVerified, type Workspace } from "../support/workspace.ts";

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace({
    lamp: {
      title: "Replacing the lamp",
      content:
        "# Replacing the lamp\n\nThe lamp is held by two clips, see [2] for the drawing. Press both clips and lift the lamp.",
    },
    warranty: {
      title: "Warranty of the motor",
      content: "# Warranty\n\nThe motor has a warranty of five years from the day of purchase.",
    },
  });
});

it("reference marks in a quoted document are shown as 〔2〕, so they are no citations", async () => {
  const result = await ask(workspace, "How is the lamp held by its clips?");
  expect(result).toMatchObject({ outcome: "answered", rung: "extractive" });
  expect(result.text).toContain("two clips, see 〔2〕 for the drawing.");
  expect(result.citations[0]?.quote).toContain("see [2] for the drawing.");
  await expectVerified(workspace, result);
});

it("a number in an unanswered question does not cost the answered one its citation", async () => {
  const result = await ask(
    workspace,
    "Who won the football world cup in 1998 [2]? How many years of warranty does the motor have?",
  );
  expect(result.outcome).toBe("answered");
  expect(result.text).toMatch(/five years.*\[1\]\n\n.*1998 〔2〕/s);
  expect(result.citations.map(({ external_id }) => external_id)).toEqual(["warranty"]);
});
