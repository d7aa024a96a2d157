// How the time grows with one thing at a time: the grid, the batch, the CA steps, the share of it that is alive.

import { activeCellSteps } from "./active.js";
import type { Contender } from "./contenders.js";
import { LIMIT_SECONDS, median, WARM_STEPS, withFiles } from "./measure.js";
import { RNG_SEED } from "./peers/serve.js";
import { type Peer, PeerError } from "./peers/start.js";
import type { Series } from "./series.js";
import { MODES, type Mode, type Workload } from "./workloads.js";

export interface CurvePoint {
  readonly x: number;
  /** A training step in mode `train`, a CA step in mode `infer`. */
  readonly secondsPerStep: number | null;
  /** Cells that are alive and fire, mean of a CA step over the whole batch. */
  readonly activeCells: number;
  readonly why?: string;
}

export interface Curve {
  readonly curve: string;
  readonly title: string;
  readonly x: string;
  readonly mode: Mode;
  readonly impl: string;
  readonly threads: number;
  readonly points: readonly CurvePoint[];
}

/** The engine and the fastest peer; the others would take hours. */
const ON_CURVES = ["engine", "pytorch"];
/** Turns that count; more of the engine, whose times are short. */
const TURNS: Record<string, number> = { engine: 3, pytorch: 1 };
/** No further turn of a point that has taken this long. */
const ENOUGH_SECONDS = 6;
/**
 * Cells x CA steps that PyTorch is asked for: in mode `train` its tape takes 1.5 kB each, and 6 GB is what a laptop can
 * spare; in mode `infer` it is a matter of time, some 10 s.
 */
const PYTORCH_CELL_STEPS: Record<Mode, number> = { train: 4.5e6, infer: 15e6 };

function tooMuch(impl: string, { cells, steps }: Workload, mode: Mode): string | undefined {
  const cellSteps = cells.count * cells.height * cells.width * steps;
  if (impl !== "pytorch" || cellSteps <= PYTORCH_CELL_STEPS[mode]) return undefined;
  const millions = Math.round(cellSteps / 1e6);
  return `not asked for ${millions} million cell steps, which need too much ${mode === "train" ? "memory" : "time"}`;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

async function secondsPerStep(peer: Peer, impl: string, workload: Workload, mode: Mode): Promise<number> {
  const { steps } = workload;
  const seconds = await withFiles(workload, async (folder) => {
    const turn = async (steps: number) => (await peer.ask({ folder, mode, steps }, LIMIT_SECONDS)).seconds;
    // a short turn warms PyTorch as well as a long one; the engine's memory grows in its first
    await turn(impl === "pytorch" ? Math.min(WARM_STEPS, steps) : steps);
    const times: number[] = [];
    while (times.length < TURNS[impl] && sum(times) < ENOUGH_SECONDS) times.push(await turn(steps));
    return median(times);
  });
  return mode === "train" ? seconds : seconds / steps;
}

/** One point of one curve; null with a reason where it cannot be taken. */
async function timeOf(peer: Peer, impl: string, workload: Workload, mode: Mode) {
  const why = tooMuch(impl, workload, mode);
  if (why) return { secondsPerStep: null, why };
  try {
    return { secondsPerStep: await secondsPerStep(peer, impl, workload, mode) };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return { secondsPerStep: null, why: error.message };
  }
}

/** A series as curves: the engine and PyTorch, each in a process of its own a mode. */
export async function curvesOf(series: Series, contenders: readonly Contender[]): Promise<Curve[]> {
  const { name: curve, title, x, impls = ON_CURVES } = series;
  const chosen = contenders.filter(({ impl }) => impls.includes(impl));
  if (chosen.length === 0) return [];
  const points = series.points().map((point) => ({
    ...point,
    activeCells: activeCellSteps(point.workload, RNG_SEED) / point.workload.steps,
  }));
  const curves: Curve[] = [];
  for (const { impl, threads, start } of chosen) {
    for (const mode of MODES) {
      const peer = start();
      const measured: CurvePoint[] = [];
      for (const { x, activeCells, workload } of points)
        measured.push({ x, activeCells, ...(await timeOf(peer, impl, workload, mode)) });
      peer.stop();
      curves.push({ curve, title, x, mode, impl, threads, points: measured });
    }
  }
  return curves;
}
