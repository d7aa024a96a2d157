// The table on a terminal: a block a workload as soon as it is measured.

import { BASELINE } from "./contenders.js";
import type { Curve } from "./curves.js";
import { COLUMNS, cellsOf, REMARKS, remarksOf, time } from "./format.js";
import type { Result } from "./results.js";

const WIDTHS = [9, 6, 22, 8, 12, 20, 9, 14, 8, 9];

function line(cells: readonly string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
    .join(" ")
    .trimEnd();
}

export const tableHead = () => `${line([...COLUMNS, REMARKS])}\n`;

/** The results of one workload in one mode. */
export function tableRows(results: readonly Result[]): string {
  const baseline = results.find(({ impl }) => impl === BASELINE);
  return `${results.map((result) => line([...cellsOf(result, baseline), remarksOf(result)])).join("\n")}\n\n`;
}

/** Curves of one series: a row a curve, a column a point. */
export function curveRows(curves: readonly Curve[]): string {
  const [{ title, x, points }] = curves;
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(30)}${cells.map((cell) => cell.padStart(9)).join("")}`;
  return [
    title,
    row(
      x,
      points.map((point) => `${point.x}`),
    ),
    row(
      "active cells",
      points.map(({ activeCells }) => `${Math.round(activeCells)}`),
    ),
    ...curves.map(({ mode, impl, points }) =>
      row(
        `${mode}, ${impl}`,
        points.map(({ secondsPerStep }) => (secondsPerStep === null ? "-" : time(secondsPerStep))),
      ),
    ),
    "\n",
  ].join("\n");
}
