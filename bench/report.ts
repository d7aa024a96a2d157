// bench/RESULTS.md: what was measured, on what, and how to measure it again.

import { percent, tableOf } from "../scripts/shared/text.js";
import { BASELINE, OWN } from "./contenders.js";
import { type Curve, TURNS } from "./curves.js";
import { COLUMNS, cellsOf, REMARKS, ratio, remarksOf, shortened, time } from "./format.js";
import type { Machine } from "./machine.js";
import { LIMIT_SECONDS } from "./measure.js";
import { LOSS_TOLERANCE, type Result } from "./results.js";

/** All that one run of the command found; what `--json` prints. */
export interface Report {
  readonly machine: Machine;
  /** Turns of every contender that is not slow. */
  readonly rounds: number;
  readonly results: readonly Result[];
  readonly curves: readonly Curve[];
  readonly peakGflops: number;
  readonly fusedPeakGflops: number;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  tableOf(head, rows).join("\n");

function resultsTable(results: readonly Result[]): string {
  const baselineOf = ({ workload, mode }: Result) =>
    results.find((one) => one.workload === workload && one.mode === mode && one.impl === BASELINE);
  return table(
    [...COLUMNS, REMARKS],
    results.map((result) => [...cellsOf(result, baselineOf(result)), remarksOf(result)]),
  );
}

/** What training costs beside the fastest peer that did all of the work, a line a workload. */
export function headlines({ results, machine }: Pick<Report, "results" | "machine">): string[] {
  const trained = results.filter(
    ({ mode, secondsPerStep, note }) => mode === "train" && secondsPerStep && !note,
  );
  const workloads = [...new Set(trained.map(({ workload }) => workload))];
  return workloads.flatMap((workload) => {
    const here = trained.filter((result) => result.workload === workload);
    const [peer] = here
      .filter(({ impl }) => !OWN.includes(impl))
      .sort((a, b) => a.secondsPerStep! - b.secondsPerStep!);
    const own = here.filter(({ impl }) => OWN.includes(impl));
    if (!peer || own.length === 0) return [];
    const version = machine.versions[peer.impl] ?? machine.versions[peer.impl.split("-")[0]];
    const name = version ? `${peer.impl} ${version}` : peer.impl;
    const times = own.map(({ impl, secondsPerStep }) => {
      const faster = ratio(peer.secondsPerStep!, secondsPerStep!);
      return `\`${impl}\` ${time(secondsPerStep!)}, ${faster}`;
    });
    return [`- \`${workload}\`: ${name} ${time(peer.secondsPerStep!)}; ${times.join("; ")}`];
  });
}

/** Why a curve has "-" where it has, each reason once. */
function whysOf(curves: readonly Curve[]): string {
  const whys = curves.flatMap(({ mode, impl, points }) =>
    points.flatMap(({ why }) => (why ? [`- ${mode}, ${impl}: ${shortened(why)}`] : [])),
  );
  return [...new Set(whys)].join("\n");
}

/** One table a series: a row a point, a column a curve; under it the reasons for what is missing. */
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
  return [`### ${title}`, table(head, rows), whysOf(curves)].filter(Boolean).join("\n\n");
}

function curveTables(curves: readonly Curve[]): string {
  const names = [...new Set(curves.map(({ curve }) => curve))];
  return names.map((name) => curveTable(curves.filter(({ curve }) => curve === name))).join("\n\n");
}

function machineTable({ machine, rounds, peakGflops, fusedPeakGflops }: Report): string {
  const { cpu, cores, memoryGb, system, node, v8, gpu, versions } = machine;
  const peers = Object.entries(versions).map(([impl, version]) => [impl, version ?? "not installed"]);
  return table(
    ["", ""],
    [
      ["CPU", `${cpu}, ${cores} cores, ${memoryGb} GB of memory`],
      ["GPU", gpu ?? "none"],
      ["system", system],
      ["Node", `${node}, V8 ${v8}`],
      ...peers,
      [
        "best of one core",
        `${peakGflops.toFixed(1)} GFLOP/s, WebAssembly SIMD; fused ${fusedPeakGflops.toFixed(1)}`,
      ],
      ["turns", `${rounds}`],
    ],
  );
}

/** The report as Markdown; `picture` is the chart's file, beside it. */
export function markdown(report: Report, picture: string): string {
  return `# How fast

Written by \`npm run bench -- --write\`, which measures all of this anew in about a quarter of an hour. Times of another machine
differ; ratios much less. Leave the machine alone while it runs. What a graphics card does stands in [GPU.md](GPU.md).

A training step of the fastest peer that did all of it, and how many times as fast the engines are:

${headlines(report).join("\n")}

${machineTable(report)}

## Workloads

A step is a training step (64 CA steps forward and back, loss, gradient, optimizer) in mode \`train\` and a CA step in
mode \`infer\`.

- \`paper\`: Distill's rule (Sobel filters, 128 hidden units, alive masks) on 8 grown lizards, 72 x 72 cells.
- \`original\`: raw 3x3 neighbourhoods, 256 hidden units, on 8 lizards, 40 x 40 cells.
- \`dense\`: one grid of 72 x 72 without alive masks: every cell counts that fires.
- \`single\`: \`paper\` with one lizard.

All compute the same rule, its masks included, each in a process of its own; one whose last state's mean square is more
than ${percent(LOSS_TOLERANCE)} from \`${BASELINE}\`'s has no figure. What is measured of TensorFlow.js is the project's own
specification of the rule, lib/tensor/ops.ts, which is written to be read and not to be fast. TensorFlow.js (but for its
node backend) and jax-js have one thread in Node.

\`wasm\` and \`fused\` are the project's engines, the second with fused multiply-add. PyTorch runs as it is written
(eager), with its tensors channels last, and compiled (\`torch.compile\`, from version 2 on); JAX compiles a scan. The
Python that has them is \`python3\`, the system's, or the one that \`NCA_PYTHON\` names.

Our engines, PyTorch and JAX take turns in one run. In a turn each does the work twice, and the second time counts. A time
is the median of the turns, memory the process's highest; "/ ${BASELINE}" is how many times that engine's. Cell steps are
those of all cells of all grids, alive or not. TensorFlow.js and jax-js are slow: after a short start each does the work once, with fewer CA steps where the remarks say so. The time of
a training step is then scaled to all CA steps, and what it costs only once (loss, optimizer) is scaled with it. A
contender that takes more than ${LIMIT_SECONDS} s for the work is left out.

An active cell is alive and fires. The operations of these cells alone, a multiplication and an addition a weight,
three times that in mode \`train\`, make an engine's GFLOP/s; the peak is its own matrix kernel on data in the cache. The
engines skip what hidden units that are zero would add, so they can come above it.

${resultsTable(report.results)}

## Growth

![Time against grid, batch, CA steps and share alive](${picture})

The engines' time follows the active cells, a mean of a CA step over the whole batch. PyTorch computes every cell. A time
is the median of up to ${TURNS.own} turns of an engine, of PyTorch ${TURNS.peer}, after a first that does not count. "-" is a
point that could not be taken; under its table is why.

${curveTables(report.curves)}
`;
}
