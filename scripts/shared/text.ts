// How numbers and tables are written.

import type { LossSummary } from "../../lib/node.js";

/** A log loss in a table: a pattern that exploded or is not a number is lost. */
export function lossText(logLoss: number): string {
  return logLoss < 1000 ? logLoss.toFixed(2) : "lost";
}

/** Median (worst) of log losses. */
export function lossCell({ median, worst }: LossSummary): string {
  return `${lossText(median)} (${lossText(worst)})`;
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Lines of a table in Markdown: the head, the line below it, the rows. */
export function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), `|${"---|".repeat(heads.length)}`, ...rows.map(line)];
}
