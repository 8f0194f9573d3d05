export interface Progress {
  /** Shows how much of the total is done. `of` replaces the total and the estimate of the time left. */
  update(done: number, of?: Measured): void;
  /** Writes a sentence on a line of its own. */
  say(sentence: string): void;
  /** Ends the line, so that later output begins on a new one. */
  end(): void;
}

export interface Measured {
  total: number;
  /** What is counted: `chunks`. */
  unit: string;
  /** Null while it is unknown. */
  secondsLeft: number | null;
}

export type Output = Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write">;

/** To the line's beginning, which is emptied. */
const CLEAR = "\r\u001B[2K";
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
  let measured: Measured | undefined;
  let drawn = output.isTTY ? 0 : started;
  let ended = false;

  const draw = (): void => {
    drawn = Date.now();
    const of = measured?.total ?? total;
    const unit = measured ? ` ${measured.unit}` : "";
    const left = measured && !ended ? timeLeft(measured) : timing(done, of, drawn - started);
    const line = `${label} ${done}/${of}${unit}${left}`;
    if (!output.isTTY) output.write(`${line}\n`);
    else output.write(`${CLEAR}${`${bar(done, of)} ${line}`.slice(0, (output.columns || 80) - 1)}`);
  };
  if (output.isTTY) draw();

  return {
    update(now, of) {
      done = now;
      measured = of;
      if (Date.now() - drawn >= (output.isTTY ? REDRAW_MS : LINE_MS)) draw();
    },
    say(sentence) {
      output.write(`${output.isTTY ? CLEAR : ""}${sentence}\n`);
      if (output.isTTY) draw();
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

function timeLeft({ secondsLeft }: Measured): string {
  return secondsLeft === null ? "" : `, about ${duration(secondsLeft * 1000)} left`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
