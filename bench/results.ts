// What the command says of a workload: one result a contender, as `--json` prints it.

import { median } from "../lib/cells/statistics.js";
import { usefulThreads } from "../lib/engine/wasm/wasm.js";
import { activeCellSteps, operationsPerCell } from "./active.js";
import { BASELINE, type Contender, OWN, trainer } from "./contenders.js";
import { type Turns, takeAllTurns, takeTurns } from "./measure.js";
import type { Peaks } from "./peak.js";
import { RNG_SEED } from "./peers/serve.js";
import { PeerError } from "./peers/start.js";
import type { Mode, Workload } from "./workloads.js";

export interface Result {
  readonly workload: string;
  readonly mode: Mode;
  readonly impl: string;
  /** Of our own those that it used, of the others those that they may use. */
  readonly threads: number;
  /** Median; a training step in mode `train`, a CA step in mode `infer`. */
  readonly secondsPerStep: number | null;
  /** Cells of all grids times CA steps, alive or not, over the time. */
  readonly cellStepsPerSecond?: number;
  /** Fastest and slowest. */
  readonly spread?: readonly [number, number];
  readonly peakRssMb: number | null;
  /** Why there is no figure, or not all that there should be. */
  readonly why?: string;
  /** How the figure was taken, where it was not simply measured. */
  readonly note?: string;
  /** Of our own: cells that are alive and fire, mean of a CA step over the whole batch. */
  readonly activeCells?: number;
  /** Of our own: billions of floating point operations a second that these cells need, of one core. */
  readonly gflops?: number;
  /** Of our own: this beside the best of one core. */
  readonly shareOfPeak?: number;
  /** Of our own: a step of the library's trainer, with its sample pool, and the share of it outside the engine. */
  readonly trainerSecondsPerStep?: number | null;
  readonly overheadShare?: number | null;
}

export interface Conditions {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly peaks: Peaks;
}

/** All contenders on one workload in one mode. */
export async function resultsOf(workload: Workload, mode: Mode, conditions: Conditions): Promise<Result[]> {
  const { contenders, rounds, peaks } = conditions;
  const turns = checked(await takeAllTurns(workload, mode, contenders, rounds));
  const activeCells = (await activeCellSteps(workload, RNG_SEED)) / workload.steps;
  const results: Result[] = [];
  for (const one of turns) {
    const result = resultOf(workload, mode, one);
    const isOwn = OWN.includes(result.impl);
    results.push(isOwn ? await withEfficiency(result, workload, { activeCells, rounds, peaks }) : result);
  }
  return results;
}

/** More than other coins or fewer CA steps make of a grown lizard's mean square: another rule was computed. */
export const LOSS_TOLERANCE = 0.1;

/** Refuses the turns of those that computed something else than the baseline. */
function checked(turns: readonly Turns[]): readonly Turns[] {
  const baseline = turns.find(({ contender, why }) => contender.impl === BASELINE && why === undefined);
  if (!baseline) return turns;
  const expected = baseline.answers[0].loss;
  return turns.map((one) => {
    if (one.why !== undefined) return one;
    const { loss } = one.answers[0];
    // not a number comes as null, which is as far away as can be
    if (Math.abs(loss - expected) <= LOSS_TOLERANCE * expected) return one;
    return { ...one, why: `its last state's mean square is ${loss}, ${BASELINE}'s ${expected}` };
  });
}

function resultOf(workload: Workload, mode: Mode, { contender, caSteps, answers, why }: Turns): Result {
  const { impl, threads } = contender;
  const same = { workload: workload.name, mode, impl, threads };
  if (why !== undefined) return { ...same, secondsPerStep: null, peakRssMb: null, why };
  const unit = mode === "train" ? caSteps / workload.steps : caSteps;
  const seconds = answers.map((answer) => answer.seconds / unit);
  const spread = [Math.min(...seconds), Math.max(...seconds)] as const;
  const peakRssMb = Math.round(Math.max(...answers.map((answer) => answer.peakRssMb)));
  const scaled = caSteps < workload.steps ? { note: noteOf(mode, caSteps, workload.steps) } : {};
  const secondsPerStep = median(seconds)!;
  const { count, height, width } = workload.cells;
  const cellSteps = count * height * width * (mode === "train" ? workload.steps : 1);
  const cellStepsPerSecond = cellSteps / secondsPerStep;
  return { ...same, secondsPerStep, cellStepsPerSecond, spread, peakRssMb, ...scaled };
}

function noteOf(mode: Mode, caSteps: number, steps: number): string {
  const measured = `${caSteps} CA step${caSteps === 1 ? "" : "s"}`;
  return mode === "train"
    ? `time scaled from ${measured} to ${steps}; memory of ${measured}`
    : `mean of ${measured} of ${steps}`;
}

/** With the share of the best that one core does, where the speed is known. */
export function withShare(result: Result, peaks: Peaks): Result {
  if (result.gflops === undefined) return result;
  return { ...result, shareOfPeak: result.gflops / peaks[result.impl as keyof Peaks] };
}

async function withEfficiency(
  result: Result,
  workload: Workload,
  { activeCells, rounds, peaks }: Pick<Conditions, "rounds" | "peaks"> & { readonly activeCells: number },
) {
  const { secondsPerStep, mode } = result;
  if (secondsPerStep === null) return result;
  const threads = Math.min(result.threads, usefulThreads(workload.cells, workload.steps));
  const cellSteps = mode === "train" ? activeCells * workload.steps : activeCells;
  const gflops = (cellSteps * operationsPerCell(workload.rule, mode)) / secondsPerStep / threads / 1e9;
  const efficiency = withShare({ ...result, threads, activeCells, gflops }, peaks);
  if (workload.name !== "paper" || mode !== "train") return efficiency;
  return { ...efficiency, ...(await overhead(result.impl, workload, rounds, threads)) };
}

/** What the library's training step takes, and the share of it that is not the engine's. */
async function overhead(impl: string, workload: Workload, rounds: number, threads: number) {
  const peer = trainer(impl, threads);
  try {
    const answers = await takeTurns(peer, workload, "train", rounds);
    return {
      trainerSecondsPerStep: median(answers.map(({ seconds }) => seconds))!,
      overheadShare: median(answers.map(({ seconds, engineSeconds = 0 }) => 1 - engineSeconds / seconds)),
    };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    const why = `the trainer could not be measured: ${error.message}`;
    return { trainerSecondsPerStep: null, overheadShare: null, why };
  } finally {
    peer.stop();
  }
}
