// bench/RESULTS.md: what was measured, on what, and how to measure it again.

import type { Curve } from "./curves.js";
import { COLUMNS, cellsOf, REMARKS, remarksOf, time } from "./format.js";
import type { Machine } from "./machine.js";
import { LIMIT_SECONDS } from "./measure.js";
import type { Result } from "./results.js";

/** All that one run of the command found; what `--json` prints. */
export interface Report {
  readonly machine: Machine;
  readonly results: readonly Result[];
  readonly curves: readonly Curve[];
  readonly peakGflops: number;
}

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${"---|".repeat(head.length)}`, ...rows.map(row)].join("\n");
}

function resultsTable(results: readonly Result[]): string {
  const engineOf = ({ workload, mode }: Result) =>
    results.find((one) => one.workload === workload && one.mode === mode && one.impl === "engine");
  return table(
    [...COLUMNS, REMARKS],
    results.map((result) => [...cellsOf(result, engineOf(result)), remarksOf(result)]),
  );
}

/** One table a series: a row a point, a column a curve. */
function curveTable(curves: readonly Curve[]): string {
  const [{ title, x, points }] = curves;
  const head = [x, "active cells", ...curves.map(({ mode, impl }) => `${mode}, ${impl}`)];
  const rows = points.map((point, i) => [
    `${point.x}`,
    `${Math.round(point.activeCells)}`,
    ...curves.map((curve) => {
      const { secondsPerStep } = curve.points[i];
      return secondsPerStep === null ? "-" : time(secondsPerStep);
    }),
  ]);
  return `### ${title}\n\n${table(head, rows)}`;
}

function curveTables(curves: readonly Curve[]): string {
  const names = [...new Set(curves.map(({ curve }) => curve))];
  return names.map((name) => curveTable(curves.filter(({ curve }) => curve === name))).join("\n\n");
}

function machineTable({ machine, peakGflops }: Report): string {
  const { cpu, cores, memoryGb, system, node, v8, versions } = machine;
  const peers = Object.entries(versions).map(([impl, version]) => [impl, version ?? "not installed"]);
  return table(
    ["", ""],
    [
      ["CPU", `${cpu}, ${cores} cores, ${memoryGb} GB of memory`],
      ["system", system],
      ["Node", `${node}, V8 ${v8}`],
      ...peers,
      ["best of one core", `${peakGflops.toFixed(1)} GFLOP/s, WebAssembly SIMD`],
    ],
  );
}

/** The report as Markdown; `picture` is the chart's file, beside it. */
export function markdown(report: Report, picture: string): string {
  return `# How fast

Written by \`npm run bench -- --write\`, which measures all of this anew in about ten minutes. Times of another machine
differ; ratios much less. Leave the machine alone while it runs.

${machineTable(report)}

## Workloads

A step is a training step (64 CA steps forward and back, loss, gradient, optimizer) in mode \`train\` and a CA step in
mode \`infer\`.

- \`paper\`: Distill's rule (Sobel filters, 128 hidden units, alive masks) on 8 grown lizards, 72 x 72 cells.
- \`original\`: raw 3x3 neighbourhoods, 256 hidden units, on 8 lizards, 40 x 40 cells.
- \`dense\`: one grid of 72 x 72 without alive masks: every cell counts that fires.
- \`single\`: \`paper\` with one lizard.

All compute the same rule, its masks included, and take turns in one run, each in a process of its own. In a turn the
work is done twice, and the second time counts. A time is the median of the turns, memory the process's highest;
"/ engine" is how many times the engine's. A slow peer has one turn with fewer CA steps, and its time is scaled; one
that takes more than ${LIMIT_SECONDS} s for a turn is left out. TensorFlow.js (but for its node backend) and jax-js have
one thread in Node.

An active cell is alive and fires. The operations of these cells alone, a multiplication and an addition a weight,
three times that in mode \`train\`, make the engine's GFLOP/s; the peak is its own matrix kernel on data in the cache.

${resultsTable(report.results)}

## Growth

![Time against grid, batch, CA steps and share alive](${picture})

The engine's time follows the active cells, a mean of a CA step over the whole batch. PyTorch computes every cell;
"-" is a point that would take it too much memory or time.

${curveTables(report.curves)}
`;
}
