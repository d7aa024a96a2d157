// What the command says of a workload: one result a contender, as `--json` prints it.

import { median } from "../lib/cells/statistics.js";
import { usefulThreads } from "../lib/engine/wasm/wasm.js";
import { activeCellSteps, operationsPerCell } from "./active.js";
import { type Contender, trainer } from "./contenders.js";
import { type Turns, takeAllTurns, takeTurns } from "./measure.js";
import { RNG_SEED } from "./peers/serve.js";
import { PeerError } from "./peers/start.js";
import type { Mode, Workload } from "./workloads.js";

export interface Result {
  readonly workload: string;
  readonly mode: Mode;
  readonly impl: string;
  /** Of the engine those that it used, of the others those that they may use. */
  readonly threads: number;
  /** Median; a training step in mode `train`, a CA step in mode `infer`. */
  readonly secondsPerStep: number | null;
  /** Fastest and slowest. */
  readonly spread?: readonly [number, number];
  readonly peakRssMb: number | null;
  /** Why there is no figure, or not all that there should be. */
  readonly why?: string;
  /** How the figure was taken, where it was not simply measured. */
  readonly note?: string;
  /** Of the engine: cells that are alive and fire, mean of a CA step over the whole batch. */
  readonly activeCells?: number;
  /** Of the engine: billions of floating point operations a second that these cells need, of one core. */
  readonly gflops?: number;
  /** Of the engine: this beside the best of one core. */
  readonly shareOfPeak?: number;
  /** Of the engine: a step of the library's trainer, with its sample pool, and the share of it outside the engine. */
  readonly trainerSecondsPerStep?: number | null;
  readonly overheadShare?: number | null;
}

export interface Conditions {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly peakGflops: number;
}

/** All contenders on one workload in one mode. */
export async function resultsOf(workload: Workload, mode: Mode, conditions: Conditions): Promise<Result[]> {
  const { contenders, rounds, peakGflops } = conditions;
  const turns = checked(await takeAllTurns(workload, mode, contenders, rounds));
  const results = turns.map((one) => resultOf(workload, mode, one));
  const engine = results.findIndex(({ impl }) => impl === "engine");
  if (engine >= 0) results[engine] = await withEfficiency(results[engine], workload, rounds, peakGflops);
  return results;
}

/** More than other coins or fewer CA steps make of a grown lizard's mean square: another rule was computed. */
export const LOSS_TOLERANCE = 0.1;

/** Refuses the turns of those that computed something else than the engine. */
function checked(turns: readonly Turns[]): readonly Turns[] {
  const engine = turns.find(({ contender, why }) => contender.impl === "engine" && why === undefined);
  if (!engine) return turns;
  const expected = engine.answers[0].loss;
  return turns.map((one) => {
    if (one.why !== undefined) return one;
    const { loss } = one.answers[0];
    // not a number comes as null, which is as far away as can be
    if (Math.abs(loss - expected) <= LOSS_TOLERANCE * expected) return one;
    return { ...one, why: `its last state's mean square is ${loss}, the engine's ${expected}` };
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
  return { ...same, secondsPerStep: median(seconds)!, spread, peakRssMb, ...scaled };
}

function noteOf(mode: Mode, caSteps: number, steps: number): string {
  const measured = `${caSteps} CA step${caSteps === 1 ? "" : "s"}`;
  return mode === "train"
    ? `time scaled from ${measured} to ${steps}; memory of ${measured}`
    : `mean of ${measured} of ${steps}`;
}

/** With the share of the best that one core does, where the speed is known. */
export function withShare(result: Result, peakGflops: number): Result {
  return result.gflops === undefined ? result : { ...result, shareOfPeak: result.gflops / peakGflops };
}

async function withEfficiency(result: Result, workload: Workload, rounds: number, peakGflops: number) {
  const { secondsPerStep, mode } = result;
  if (secondsPerStep === null) return result;
  const activeCells = (await activeCellSteps(workload, RNG_SEED)) / workload.steps;
  const threads = Math.min(result.threads, usefulThreads(workload.cells, workload.steps));
  const cellSteps = mode === "train" ? activeCells * workload.steps : activeCells;
  const gflops = (cellSteps * operationsPerCell(workload.rule, mode)) / secondsPerStep / threads / 1e9;
  const efficiency = withShare({ ...result, threads, activeCells, gflops }, peakGflops);
  if (workload.name !== "paper" || mode !== "train") return efficiency;
  return { ...efficiency, ...(await overhead(workload, rounds, threads)) };
}

/** What the library's training step takes, and the share of it that is not the engine's. */
async function overhead(workload: Workload, rounds: number, threads: number) {
  const peer = trainer(threads);
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
