// The table on a terminal: a block a workload as soon as it is measured.

import { COLUMNS, cellsOf, REMARKS, remarksOf } from "./format.js";
import type { Result } from "./results.js";

const WIDTHS = [9, 6, 10, 8, 12, 20, 9, 8, 9];

function line(cells: readonly string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
    .join(" ")
    .trimEnd();
}

export const tableHead = () => `${line([...COLUMNS, REMARKS])}\n`;

/** The results of one workload in one mode. */
export function tableRows(results: readonly Result[]): string {
  const engine = results.find(({ impl }) => impl === "engine");
  return `${results.map((result) => line([...cellsOf(result, engine), remarksOf(result)])).join("\n")}\n\n`;
}
