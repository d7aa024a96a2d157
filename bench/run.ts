// A run of the bench: what is named, measured, told, and written where that is asked for.

import { basename } from "node:path";
import * as nca from "../lib/node.js";
import { duration } from "../scripts/shared/progress.js";
import { checkNames, UsageError } from "../scripts/shared/usage.js";
import { type Contender, contendersOf, hasItsCard } from "./contenders.js";
import { type Curve, curvesOf } from "./curves.js";
import { figure } from "./figure.js";
import { RESULTS, RESULTS_PICTURE } from "./files.js";
import { gpuHere, machine } from "./machine.js";
import { peaksOf } from "./peak.js";
import { markdown, type Report } from "./report.js";
import { type Conditions, type Result, resultsOf, withShare } from "./results.js";
import { type Series, seriesOf } from "./series.js";
import { curveRows, tableHead, tableRows } from "./table.js";
import { growLizards, MODES, type Workload, workloadsOf } from "./workloads.js";

/** The named ones of several lists; of contenders and of things to measure, all where none is named. */
function selection(only: string, measured: readonly string[], contenders: readonly string[]) {
  const names = only.split(",").filter(Boolean);
  checkNames("--only names", names, [...measured, ...contenders]);
  const among = (all: readonly string[]) => {
    const named = names.filter((name) => all.includes(name));
    return named.length > 0 ? named : all;
  };
  return { measured: among(measured), contenders: among(contenders) };
}

/** What comes now, after how many minutes and seconds. */
function progress(what: string): void {
  process.stderr.write(`bench: ${duration(performance.now() / 1000)} ${what}\n`);
}

/** All workloads in both modes, each told as soon as it is measured; the shares are of the best peak of the run. */
async function measureWorkloads(
  workloads: readonly Workload[],
  conditions: Omit<Conditions, "peaks">,
  tell: (text: string) => void,
) {
  let peaks = peaksOf();
  const results: Result[] = [];
  if (workloads.length > 0) tell(tableHead());
  for (const workload of workloads) {
    for (const mode of MODES) {
      progress(`${workload.name}, ${mode}`);
      peaks = peaksOf(peaks); // the machine may have been busy the first time
      const measured = await resultsOf(workload, mode, { ...conditions, peaks });
      tell(tableRows(measured));
      results.push(...measured);
    }
  }
  const { wasm: peakGflops, fused: fusedPeakGflops } = peaks;
  return { results: results.map((result) => withShare(result, peaks)), peakGflops, fusedPeakGflops };
}

/** All series, each told as soon as it is measured. */
async function measureCurves(
  series: readonly Series[],
  contenders: readonly Contender[],
  tell: (text: string) => void,
): Promise<Curve[]> {
  const curves: Curve[] = [];
  for (const one of series) {
    progress(`curve ${one.name}`);
    const measured = await curvesOf(one, contenders);
    if (measured.length > 0) tell(curveRows(measured));
    curves.push(...measured);
  }
  return curves;
}

/** The report and its chart, into the repository. */
async function write(report: Report): Promise<void> {
  const text = markdown(report, basename(RESULTS_PICTURE));
  await nca.writeFileAtomic(RESULTS_PICTURE, figure(report.curves));
  await nca.writeFileAtomic(RESULTS, new TextEncoder().encode(text));
  progress(`wrote ${RESULTS} and ${RESULTS_PICTURE}`);
}

export interface BenchOptions {
  /** Turns of every contender. */
  readonly rounds: number;
  readonly threads: number;
  /** Names of workloads, curves and contenders, comma-separated; "" for all. */
  readonly only: string;
  /** Prints one JSON document instead of tables. */
  readonly json: boolean;
  /** Writes the report into the repository. */
  readonly write: boolean;
}

export async function bench({ rounds, threads, only, json, write: keep }: BenchOptions): Promise<void> {
  const lizards = await growLizards();
  const [workloads, series, everyone] = [workloadsOf(lizards), seriesOf(lizards), contendersOf(threads)];
  const names = [...workloads, ...series].map(({ name }) => name);
  const impls = everyone.map(({ impl }) => impl);
  const chosen = selection(only, names, impls);
  const named = ({ name }: { readonly name: string }) => chosen.measured.includes(name);
  const asked = everyone.filter(({ impl }) => chosen.contenders.includes(impl));
  const gpu = asked.some(({ onCard }) => onCard) ? await gpuHere() : null;
  const contenders = asked.filter((contender) => hasItsCard(contender, gpu));
  const left = asked.filter((contender) => !contenders.includes(contender)).map(({ impl }) => impl);
  if (left.length > 0) {
    const why =
      gpu === null ? "there is no graphics card that WebGPU can use here" : "its Python sees no card";
    process.stderr.write(`bench: without ${left.join(", ")}: ${why}\n`);
  }
  if (contenders.length === 0) throw new UsageError("Nothing that --only names can be measured here.");
  const tell = (text: string) => {
    if (!json) process.stdout.write(text);
  };
  const measured = await measureWorkloads(workloads.filter(named), { contenders, rounds }, tell);
  const curves = await measureCurves(series.filter(named), contenders, tell);
  const report: Report = { machine: machine(gpu), rounds, ...measured, curves };
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
  if (keep) await write(report);
}
