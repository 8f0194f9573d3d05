import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { ask, createWorkspace } from "../support/workspace.ts";

beforeEach(() => env.CONTROL.reset());

const OPEN =
  "Press both latches of the tin castle at once, then lift the roof off with both hands.";
const MIDDLE = "Put a wooden wedge below the hinge, so that nothing falls shut.";
const PAINT = "Brush the roof of the tin castle with the grey varnish and let it dry for a day.";

it("an answer without a model quotes sections below one heading in the document's order, with the one between them", async () => {
  const content = `# The tin castle\n\n## Varnish the roof\n\n### Take the roof off\n\n${OPEN}\n\n### Hold it\n\n${MIDDLE}\n\n### Brush the roof\n\n${PAINT}\n\n## Storing\n\nKeep it dry in winter.`;
  const workspace = await createWorkspace({ castle: { title: "The tin castle", content } });
  const { text } = await ask(workspace, {
    message: "How do I varnish the roof of the tin castle?",
  });
  const places = [OPEN, MIDDLE, PAINT].map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(text).not.toContain("winter");
});

it("an answer without a model quotes the sections of numbered headings from the first to the last", async () => {
  const steps = [
    OPEN,
    MIDDLE,
    "Take the old wick out of the lantern.",
    "Thread the new wick.",
    "Close it.",
  ];
  const headings = [
    "Step 1: open",
    "Step 2: hold",
    "Step 3: the wick",
    "Step 4: thread",
    "Step 5: close",
  ];
  const content = `${headings.map((heading, n) => `## ${heading}\n\n${steps[n]}`).join("\n\n")}\n\n## Storing\n\nKeep it dry in winter.`;
  const workspace = await createWorkspace({
    wick: { title: "Change the wick of the lantern", content },
  });
  const { text } = await ask(workspace, {
    message: "How do I take the old wick out of the lantern?",
  });
  expect(steps.filter((step) => !text.includes(step))).toEqual([]);
  expect(text).not.toContain("winter");
});

it("an answer without a model does not quote a chapter that is too long for an answer", async () => {
  const filler = "The moat has been described by many visitors of the castle. ".repeat(60);
  const content = `# The tin castle\n\n## Varnish the roof\n\n### Take the roof off\n\n${OPEN}\n\n### History\n\n${filler}\n\n### Brush the roof\n\n${PAINT}`;
  const workspace = await createWorkspace({ castle: { title: "The tin castle", content } });
  const { text } = await ask(workspace, {
    message: "How do I varnish the roof of the tin castle?",
  });
  expect(text).toContain(PAINT);
  expect(text.split("many visitors").length).toBeLessThan(30);
});

it("an answer without a model quotes no closing section in place of what answers", async () => {
  const content = `# Varnish for the tin castle\n\n## Colours\n\nIt comes in grey and in red.\n\n## Have more questions?\n\nIf you have more questions about varnish for the tin castle, our support is there for you.`;
  const workspace = await createWorkspace({
    castle: { title: "Varnish for the tin castle", content },
    moat: { title: "The moat", content: "Close the tap of the moat in winter." },
  });
  const { text } = await ask(workspace, { message: "Varnish for the tin castle, which colours?" });
  expect(text).toContain("grey and in red");
  expect(text).not.toContain("support is there for you");
});

it("an answer without a model takes no version or model for a step", async () => {
  const content =
    "## Windows 10\n\nOpen the old panel of the tin castle, and press Install.\n\n## Windows 11\n\nOpen Settings of the tin castle, and press Add.";
  const workspace = await createWorkspace({
    install: { title: "Install the tin castle", content },
  });
  const { text } = await ask(workspace, {
    message: "How do I install the tin castle on Windows 11?",
  });
  expect(text.indexOf("press Add")).toBeGreaterThanOrEqual(0);
  const other = text.indexOf("press Install");
  expect(other < 0 || other > text.indexOf("press Add")).toBe(true);
});
