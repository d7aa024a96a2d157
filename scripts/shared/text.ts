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

/** A share with a tenth of a per cent. */
export function tenths(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Columns for a terminal, aligned on the right: the heads, then the rows. */
export function columnsOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i])).join("  ");
  return `${[heads, ...rows].map(line).join("\n")}\n`;
}

/** Lines of a table in Markdown: the head, the line below it, the rows. */
export function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), `|${"---|".repeat(heads.length)}`, ...rows.map(line)];
}
