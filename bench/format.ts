// Figures as people read them.

import { percent } from "../scripts/shared/text.js";
import { BASELINE } from "./contenders.js";
import type { Result } from "./results.js";

/** Three digits that count: "0.0283", "2.14", "318". */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A time with its unit. */
export function time(seconds: number): string {
  if (seconds >= 1) return `${digits(seconds)} s`;
  return seconds >= 1e-3 ? `${digits(1e3 * seconds)} ms` : `${digits(1e6 * seconds)} µs`;
}

export function megabytes(mb: number): string {
  return mb >= 1000 ? `${(mb / 1000).toFixed(1)} GB` : `${mb} MB`;
}

/** Millions: "9.34 M". */
function millions(value: number): string {
  return `${digits(value / 1e6)} M`;
}

/** How many times what the baseline took, to two digits. */
export function ratio(value: number, baseline: number): string {
  const times = value / baseline;
  return `${times >= 10 ? Math.round(times) : times.toPrecision(2)}x`;
}

export const COLUMNS = [
  "workload",
  "mode",
  "who",
  "threads",
  "time a step",
  "range",
  `/ ${BASELINE}`,
  "cell steps / s",
  "memory",
  `/ ${BASELINE}`,
];
export const REMARKS = "remarks";

/** A result's cells under COLUMNS: time and memory, each beside the baseline's. */
export function cellsOf(result: Result, baseline: Result | undefined): string[] {
  const { impl, threads, secondsPerStep, cellStepsPerSecond, spread, peakRssMb } = result;
  const names = [result.workload, result.mode, impl, `${threads}`];
  if (secondsPerStep === null || peakRssMb === null) return [...names, "-", "", "", "", "", ""];
  const beside = (value: number, own: number | null | undefined) =>
    own && baseline !== result ? ratio(value, own) : "";
  return [
    ...names,
    time(secondsPerStep),
    spread ? `${time(spread[0])} to ${time(spread[1])}` : "",
    beside(secondsPerStep, baseline?.secondsPerStep),
    cellStepsPerSecond === undefined ? "" : millions(cellStepsPerSecond),
    megabytes(peakRssMb),
    // the memory of a training step grows with its CA steps: that of fewer says nothing beside the baseline's
    result.mode === "train" && result.note ? "" : beside(peakRssMb, baseline?.peakRssMb),
  ];
}

const LONGEST_WHY = 90;
export const shortened = (why: string) =>
  why.length > LONGEST_WHY ? `${why.slice(0, LONGEST_WHY).trimEnd()} ...` : why;

/** What else there is to say of a result: its efficiency, how it was taken, or why it was not. */
export function remarksOf(result: Result): string {
  const { activeCells, gflops, shareOfPeak, overheadShare, trainerSecondsPerStep, note, why } = result;
  const parts: string[] = [];
  if (gflops !== undefined && shareOfPeak !== undefined && activeCells !== undefined) {
    const speed = `${gflops.toFixed(1)} GFLOP/s a core, ${percent(shareOfPeak)} of peak`;
    parts.push(`${Math.round(activeCells)} active cells, ${speed}`);
  }
  if (typeof overheadShare === "number" && typeof trainerSecondsPerStep === "number") {
    const share = `${(100 * overheadShare).toFixed(1)} %`;
    parts.push(`with its sample pool ${time(trainerSecondsPerStep)}, ${share} of it outside the engine`);
  }
  return [...parts, note, why && shortened(why)].filter((part) => part !== undefined).join("; ");
}
