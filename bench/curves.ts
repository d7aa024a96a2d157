// How the time grows with one thing at a time: the grid, the batch, the CA steps, the share of it that is alive.

import { median } from "../lib/cells/statistics.js";
import { activeCellSteps } from "./active.js";
import { type Contender, OWN } from "./contenders.js";
import { LIMIT_SECONDS, WARM_STEPS, withFiles } from "./measure.js";
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
  /** At most; the engine uses fewer where there is too little to do. */
  readonly threads: number;
  readonly points: readonly CurvePoint[];
}

/** Our own and PyTorch; the others would take hours. */
const ON_CURVES = [...OWN, "pytorch"];
/** Turns that count; more of our own, whose times are short. */
export const TURNS = { own: 3, peer: 1 };
/** No further turn of a point that has taken this long. */
const ENOUGH_SECONDS = 6;
/**
 * Cells x CA steps that PyTorch is asked for: in mode `train` its tape takes 1.5 kB each, and 6 GB is what a laptop can
 * spare; in mode `infer` so many take some 20 s, and fewer CA steps than a workload's have the same mean.
 */
const PYTORCH_CELL_STEPS = 4.5e6;
const TOO_MUCH = `not asked for more than ${PYTORCH_CELL_STEPS / 1e6} million cells x CA steps, for lack of memory`;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** CA steps that a contender can be asked for. */
function caStepsOf(impl: string, { cells, steps }: Workload): number {
  const most = PYTORCH_CELL_STEPS / (cells.count * cells.height * cells.width);
  return impl === "pytorch" ? Math.min(steps, Math.floor(most)) : steps;
}

/** Median seconds of a turn of so many CA steps. */
function turnSeconds(peer: Peer, impl: string, workload: Workload, mode: Mode, steps: number) {
  return withFiles(workload, async (folder) => {
    const turn = async (caSteps: number) =>
      (await peer.ask({ folder, mode, steps: caSteps }, LIMIT_SECONDS)).seconds;
    // a short turn warms PyTorch as well as a long one; the engine's memory grows in its first
    await turn(impl === "pytorch" ? Math.min(WARM_STEPS, steps) : steps);
    const times: number[] = [];
    while (times.length < (OWN.includes(impl) ? TURNS.own : TURNS.peer) && sum(times) < ENOUGH_SECONDS)
      times.push(await turn(steps));
    return median(times)!;
  });
}

/** The time at every point, null with a reason where it cannot be taken; all on one peer, until it fails at one. */
async function timesOf({ impl, start }: Contender, workloads: readonly Workload[], mode: Mode) {
  let peer: Peer | undefined;
  const times: Pick<CurvePoint, "secondsPerStep" | "why">[] = [];
  for (const workload of workloads) {
    const steps = caStepsOf(impl, workload);
    if (mode === "train" && steps < workload.steps) {
      times.push({ secondsPerStep: null, why: TOO_MUCH });
      continue;
    }
    peer ??= start();
    try {
      const seconds = await turnSeconds(peer, impl, workload, mode, steps);
      times.push({ secondsPerStep: mode === "train" ? seconds : seconds / steps });
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      times.push({ secondsPerStep: null, why: error.message });
      peer.stop();
      peer = undefined; // it answers nothing more
    }
  }
  peer?.stop();
  return times;
}

/** A series as curves: our own and PyTorch, each in a process of its own a mode. */
export async function curvesOf(series: Series, contenders: readonly Contender[]): Promise<Curve[]> {
  const { name: curve, title, x, impls = ON_CURVES } = series;
  const chosen = contenders.filter(({ impl }) => impls.includes(impl));
  if (chosen.length === 0) return [];
  const points = series.points();
  const workloads = points.map(({ workload }) => workload);
  const activeCells: number[] = [];
  for (const workload of workloads) {
    activeCells.push((await activeCellSteps(workload, RNG_SEED)) / workload.steps);
  }
  const curves: Curve[] = [];
  for (const contender of chosen) {
    for (const mode of MODES) {
      const times = await timesOf(contender, workloads, mode);
      const measured = points.map((point, i) => ({ x: point.x, activeCells: activeCells[i], ...times[i] }));
      const { impl, threads } = contender;
      curves.push({ curve, title, x, mode, impl, threads, points: measured });
    }
  }
  return curves;
}
