// Runs `npm start` twice on the same state folder, as a newcomer would, and asks one question over HTTP each time.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const START_LIMIT_S = 120;

const state = await mkdtemp(path.join(tmpdir(), "edgewise-ci-"));
try {
  await startAndAsk("first start");
  await startAndAsk("second start");
} finally {
  await rm(state, { recursive: true, force: true });
}

async function startAndAsk(label) {
  const began = Date.now();
  const port = await freePort();
  const child = spawn("npm", ["start"], {
    env: { ...process.env, PORT: String(port), EDGEWISE_STATE: state },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  try {
    await ready(child);
    const answer = await ask(`http://127.0.0.1:${port}`);
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(`${label}: ${seconds} s to "${answer.text.slice(0, 60).replaceAll("\n", " ")}…"`);
  } finally {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-child.pid, "SIGTERM");
    await ended;
  }
}

/** Waits until `npm start` prints its curl example, which it does as soon as questions can be answered. */
function ready(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`Not ready in ${START_LIMIT_S} s`)),
      START_LIMIT_S * 1000,
    );
    let output = "";
    child.stdout.on("data", (data) => {
      process.stdout.write(data);
      output += data;
      if (output.includes("curl ")) {
        clearTimeout(timer);
        resolve();
      }
    });
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code}`)));
  });
}

async function ask(url) {
  const response = await fetch(`${url}/v1/chat`, {
    method: "POST",
    headers: {
      authorization: "Bearer pk_local_demo",
      accept: "application/json",
      "content-type": "application/json",
    },
    body: JSON.stringify({ message: "How do I cancel my subscription?" }),
  });
  const answer = await response.json();
  if (answer.outcome !== "answered" || answer.citations.length === 0) {
    throw new Error(`No cited answer: ${response.status} ${JSON.stringify(answer)}`);
  }
  return answer;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
