export interface Progress {
  /** Shows how much of the total is done. */
  update(done: number): void;
  /** Ends the line, so that later output begins on a new one. */
  end(): void;
}

type Output = Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write">;

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
/** The time between two lines where the output is not a terminal. */
const LINE_MS = 10_000;

/** One redrawn line on a terminal; elsewhere a plain line every ten seconds and one at the end. On stderr. */
export function startProgress(
  label: string,
  total: number,
  output: Output = process.stderr,
): Progress {
  const started = Date.now();
  let done = 0;
  let drawn = output.isTTY ? 0 : started;
  let ended = false;

  const draw = (): void => {
    drawn = Date.now();
    const line = `${label} ${done}/${total}${timing(done, total, drawn - started)}`;
    if (!output.isTTY) output.write(`${line}\n`);
    else
      output.write(
        `\r\u001B[2K${`${bar(done, total)} ${line}`.slice(0, (output.columns || 80) - 1)}`,
      );
  };
  if (output.isTTY) draw();

  return {
    update(now) {
      done = now;
      if (Date.now() - drawn >= (output.isTTY ? REDRAW_MS : LINE_MS)) draw();
    },
    end() {
      if (ended) return;
      ended = true;
      draw();
      if (output.isTTY) output.write("\n");
    },
  };
}

function bar(done: number, total: number): string {
  const filled = total > 0 ? Math.round((BAR_WIDTH * done) / total) : BAR_WIDTH;
  return `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`;
}

function timing(done: number, total: number, elapsedMs: number): string {
  if (done >= total) return `, ${duration(elapsedMs)}`;
  if (done === 0 || elapsedMs < 2000) return "";
  return `, about ${duration((elapsedMs / done) * (total - done))} left`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
