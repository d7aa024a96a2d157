// How good a rule is: its loss while it grows and lives on, and whether it recovers from damage.

import { type Cells, emptyCells, sampleOf, type Target } from "../cells/cells.js";
import { checkInteger } from "../cells/errors.js";
import { checkTarget, pictureLosses } from "../cells/picture-loss.js";
import { type Hit, wound } from "../cells/wound.js";
import type { Engine } from "../engine/engine.js";
import { defaultEngine } from "../engine/engines.js";
import { statesAt } from "../engine/grow.js";
import type { Rule } from "../rule/rule.js";
import { seedFor } from "../rule/seeds.js";
import { LIVES, livesOf } from "./lives.js";
import { type LossSummary, logLoss, type Recovered, recoveredOf, summaryOfLosses } from "./loss.js";
import type { MeasureOptions } from "./task.js";

/** When the loss is measured, in CA steps. */
export const MEASURED_STEPS = [96, 200, 1000, 10_000] as const;
/** When a pattern is damaged, in CA steps. */
export const WOUNDED_AT = 200;
/** How many CA steps later its recovery is measured. */
const RECOVERY_STEPS = [200, 1000] as const;
/** Side of the square hole in the middle, in cells, and the largest share of a small grid's side that it takes. */
const HOLE = 16;
const HOLE_SHARE = 1 / 2;

/** What the growths take of the whole time, roughly; the lives take the rest. */
const GROWTHS_SHARE = 0.5;
/** CA steps between two reports of progress. */
const REPORT_EVERY = 100;

/** The five kinds of damage: each half of the grid, and a hole in the centre. */
function cuts(height: number, width: number): Hit[] {
  const hole = Math.min(HOLE, HOLE_SHARE * Math.min(height, width));
  const inHole = (at: number, size: number) => Math.abs(at + 0.5 - size / 2) < hole / 2;
  return [
    (x) => x < width / 2,
    (x) => x >= width / 2,
    (_x, y) => y < height / 2,
    (_x, y) => y >= height / 2,
    (x, y) => inHole(x, width) && inHole(y, height),
  ];
}

export interface Evaluation {
  /** log10 of the mean squared error over all runs, by the number of CA steps. */
  readonly logLoss: Record<string, LossSummary>;
  /** The share of damaged patterns that are whole again, by the number of CA steps since the damage. */
  readonly recovery: Record<string, Recovered>;
  /** The share of lives of ten wounds that are whole again, by the number of CA steps since the last wound. */
  readonly lives: Record<string, Recovered>;
}

/** Every sample with each of the five kinds of damage (`cuts`), [cuts * count, height, width, channels]. */
export function cutFiveWays(cells: Cells, inputs: readonly number[] = []): Cells {
  const { height, width, channels, count, premultiplied } = cells;
  const hits = cuts(height, width);
  const all = emptyCells(hits.length * count, height, width, channels, premultiplied);
  hits.forEach((hit, cut) => {
    for (let sample = 0; sample < count; sample++) {
      const at = cut * count + sample;
      sampleOf(all, at).data.set(sampleOf(cells, sample).data);
      wound(all, at, hit, inputs);
    }
  });
  return all;
}

async function recoveryOf(
  rule: Rule,
  target: Target,
  wounded: Cells,
  options: { readonly rngSeed: number; readonly engine: Engine },
): Promise<Evaluation["recovery"]> {
  const recovery: Evaluation["recovery"] = {};
  const states = statesAt(rule, wounded, RECOVERY_STEPS, { ...options, firstStep: WOUNDED_AT });
  for await (const { step, cells } of states) {
    recovery[step] = recoveredOf(pictureLosses(cells, target));
  }
  return recovery;
}

export interface EvaluateOptions extends MeasureOptions {
  /** Growths from the seed, each with its own coin tosses; each is damaged five ways. 8 if not given. */
  readonly runs?: number;
  /** Lives of ten wounds; 64 if not given, none for 0. */
  readonly lives?: number;
  /** The last CA step at which growths are measured; 10,000 if not given. */
  readonly longest?: number;
}

/** Grows a rule `runs` times and measures it; see `Evaluation`. */
export async function evaluate(
  rule: Rule,
  target: Target,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { runs = 8, lives = LIVES, rngSeed = 0, onProgress, engine = defaultEngine() } = options;
  const { longest = MEASURED_STEPS[MEASURED_STEPS.length - 1] } = options;
  checkInteger("runs", runs, 1, 1024);
  checkInteger("longest", longest, WOUNDED_AT, 2 ** 30);
  checkTarget(target);
  const total = longest;
  const measured = new Set<number>([...MEASURED_STEPS.filter((step) => step < longest), longest]);
  const reported = Array.from({ length: total / REPORT_EVERY }, (_, i) => (i + 1) * REPORT_EVERY);
  const steps = [...new Set([...measured, ...reported, total])].sort((a, b) => a - b);
  const { height, width } = target;
  const seeds = seedFor(rule, { count: runs, height, width });
  const losses: Record<string, LossSummary> = {};
  let recovery: Evaluation["recovery"] = {};
  for await (const { step, cells } of statesAt(rule, seeds, steps, { rngSeed, engine })) {
    if (measured.has(step)) losses[step] = summaryOfLosses(pictureLosses(cells, target).map(logLoss));
    if (step === WOUNDED_AT)
      recovery = await recoveryOf(rule, target, cutFiveWays(cells, rule.spec.inputs), { rngSeed, engine });
    onProgress?.((step / total) * (lives > 0 ? GROWTHS_SHARE : 1));
  }
  const onLives = (done: number) => onProgress?.(GROWTHS_SHARE + done * (1 - GROWTHS_SHARE));
  const survived =
    lives > 0 ? await livesOf(rule, target, { lives, rngSeed, engine, onProgress: onLives }) : {};
  return { logLoss: losses, recovery, lives: survived };
}
