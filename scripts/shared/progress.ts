// A progress bar on standard error: one line rewritten in place on a terminal, a line now and then elsewhere.

const BAR_WIDTH = 24;
const TERMINAL_MS = 100;
const LOG_MS = 15_000;

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const text = parts.map((part) => String(part).padStart(2, "0"));
  return (parts[0] > 0 ? text : text.slice(1)).join(":");
}

export class Progress {
  private readonly start = performance.now();
  private shown = Number.NEGATIVE_INFINITY;
  private isFull = false;

  constructor(
    private readonly total: number,
    private readonly from = 0,
    private readonly unit = "steps",
  ) {}

  /** Shows the progress, speed, time left and a note; `done` goes from 0 to the total, and may be a fraction. */
  update(done: number, note: string): void {
    const now = performance.now();
    const { isTTY } = process.stderr;
    if (this.isFull) return;
    this.isFull = done >= this.total;
    if (!this.isFull && now - this.shown < (isTTY ? TERMINAL_MS : LOG_MS)) return;
    this.shown = now;
    const speed = (done - this.from) / ((now - this.start) / 1000);
    const filled = Math.round((BAR_WIDTH * done) / this.total);
    const bar = "#".repeat(filled).padEnd(BAR_WIDTH, ".");
    const left = duration((this.total - done) / speed);
    const line = `[${bar}] ${Math.floor(done)}/${this.total}  ${note}  ${speed.toFixed(2)} ${this.unit}/s  ${left} left`;
    process.stderr.write(isTTY ? `\r${line}\x1b[K` : `${line}\n`);
    if (isTTY && done >= this.total) process.stderr.write("\n");
  }

  /** A line that stays above the bar. */
  say(text: string): void {
    process.stderr.write(`${process.stderr.isTTY ? "\r\x1b[K" : ""}${text}\n`);
    this.shown = Number.NEGATIVE_INFINITY;
  }
}
