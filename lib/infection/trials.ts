// How well an infection does: many hosts of random age, each infected at a random cell, watched for 1,000 CA steps.

import { engine } from "../engine/engine.js";
import { type Rules, strainsOf } from "../engine/job.js";
import { type Cells, sampleOf, seedCells, type Target } from "../rule/cells.js";
import { combine, Random } from "../rule/random.js";
import type { Rule } from "../rule/rule.js";
import { firstStrains, type Strains, withStrain } from "../rule/strains.js";
import { logLoss, median, pictureLosses, spreadOf } from "../train/loss.js";
import { growEach } from "./herd.js";
import { infectAtRandom, matureCells } from "./infect.js";
import { SPREAD } from "./infection.js";

/** An infection has succeeded when the log loss against its target is at most this within 200 CA steps and at 1,000. */
export const SUCCESS = -3;
const WITHIN = 200;
const HELD_AT = 1000;
/** CA steps between two looks at the loss while it may succeed. */
const LOOK = 5;
/** Trials that are run at once: a batch. */
const BATCH = 16;
/** The front has passed when so many of the living cells are infected. */
const TAKEN = 0.95;
const TRIALS_STREAM = 6;

export interface TrialsOptions {
  readonly trials?: number;
  /** Cells that are infected at first. */
  readonly points?: number;
  /** Ages of the hosts in CA steps, at least and at most. */
  readonly ages?: readonly [number, number];
  readonly spread?: number;
  readonly rngSeed?: number;
  /** CA steps after the infection at which the loss is taken; 200 and 1,000 always are. */
  readonly measured?: readonly number[];
  /** Hears how far it is, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** One trial. */
export interface Trial {
  /** The host's age when it was infected, in CA steps. */
  readonly age: number;
  /** The first look at which the log loss was at most -3, if it was within 200 CA steps. */
  readonly stepsToSuccess: number | undefined;
  readonly success: boolean;
  /** Log loss at each of the measured steps. */
  readonly logLoss: Record<number, number>;
  /** How fast the front moved, in cells a CA step; undefined if it did not get through in 200. */
  readonly cellsAStep: number | undefined;
}

/** Infects hosts with the rule `infection` and watches what comes of it; see `infectionOf` for `hosts`. */
export function infectionTrials(
  hosts: Rules,
  infection: Rule,
  target: Target,
  options: TrialsOptions = {},
): Trial[] {
  const { trials = 64, onProgress } = options;
  const results: Trial[] = [];
  while (results.length < trials) {
    const count = Math.min(BATCH, trials - results.length);
    const report = (part: number) => onProgress?.((results.length + part * count) / trials);
    results.push(
      ...batchOfTrials(strainsOf(hosts), infection, target, {
        ...options,
        count,
        first: results.length,
        report,
      }),
    );
  }
  return results;
}

interface BatchOptions extends TrialsOptions {
  readonly count: number;
  /** Number of the first trial, which keys its randomness. */
  readonly first: number;
  readonly report: (done: number) => void;
}

function batchOfTrials(prior: Strains, infection: Rule, target: Target, options: BatchOptions): Trial[] {
  const { count, first, points = 1, ages = [20, 300], spread = SPREAD, rngSeed = 0, measured = [] } = options;
  const random = new Random(combine(combine(rngSeed, TRIALS_STREAM), first));
  const coins = random.next();
  const aged = Array.from({ length: count }, () => random.integer(ages[0], ages[1] + 1));
  const strain = prior.rules.length;
  const { cells: young, firstCells } = infectAtRandom(
    hostsOf(prior, target, aged, random),
    strain,
    points,
    random,
  );
  const all = withStrain(prior, infection, spread);

  const looks = Array.from({ length: WITHIN / LOOK }, (_, i) => (i + 1) * LOOK);
  const stops = [...new Set([...looks, HELD_AT, ...measured])].sort((a, b) => a - b);
  const losses: number[][] = [];
  const taken: (number | undefined)[] = new Array(count).fill(undefined);
  let cells = young;
  let step = 0;
  for (const stop of stops) {
    cells = engine().grow(all, cells, { steps: stop - step, rngSeed: coins, firstStep: step });
    step = stop;
    losses.push(Array.from(pictureLosses(cells, target), logLoss));
    for (let i = 0; i < count; i++) if (shareOf(cells, strain, i) >= TAKEN) taken[i] ??= step;
    options.report(stops.indexOf(stop) / stops.length);
  }
  return aged.map((age, i) => {
    const at = (wanted: number) => losses[stops.indexOf(wanted)][i];
    const stepsToSuccess = looks.find((look) => at(look) <= SUCCESS);
    const success = stepsToSuccess !== undefined && at(HELD_AT) <= SUCCESS;
    const steps = [...new Set([WITHIN, HELD_AT, ...measured])];
    const reach = farthest(sampleOf(young, i), firstCells[i]);
    const steps95 = taken[i];
    const cellsAStep = steps95 !== undefined && steps95 <= WITHIN ? reach / steps95 : undefined;
    return {
      age,
      stepsToSuccess,
      success,
      logLoss: Object.fromEntries(steps.map((s) => [s, at(s)])),
      cellsAStep,
    };
  });
}

/** Hosts of these ages; where several strains were there before, each has lived so long since it came. */
function hostsOf(
  strains: Strains,
  { height, width }: Target,
  ages: readonly number[],
  random: Random,
): Cells {
  const { rules } = strains;
  const seeds = seedCells(ages.length, height, width, rules[0].spec.channels);
  let cells = growEach(rules[0], seeds, ages, random.next());
  for (let strain = 1; strain < rules.length; strain++) {
    const soFar = firstStrains(strains, strain + 1);
    cells = growEach(soFar, infectAtRandom(cells, strain, 1, random).cells, ages, random.next());
  }
  return cells;
}

/** Which share of a sample's mature cells is of the strain. */
export function shareOf(cells: Cells, strain: number, sample = 0): number {
  const mature = matureCells(cells, sample);
  const { strains } = sampleOf(cells, sample);
  return mature.filter((cell) => (strains?.[cell] ?? 0) === strain).length / mature.length;
}

/** CA steps that a front of one cell a step would need from a cell to the farthest mature one. */
function farthest(cells: Cells, from: number): number {
  const { width } = cells;
  const [y, x] = [Math.floor(from / width), from % width];
  const distance = (cell: number) =>
    Math.max(Math.abs(Math.floor(cell / width) - y), Math.abs((cell % width) - x));
  return matureCells(cells).reduce((most, cell) => Math.max(most, distance(cell)), 0);
}

/** Many trials in a few numbers. A median of nothing is null. */
export interface TrialsSummary {
  readonly trials: number;
  /** The share that succeeded. */
  readonly success: number;
  readonly stepsToSuccess: { readonly median: number | null };
  readonly cellsAStep: { readonly median: number | null };
  readonly logLoss: Record<string, { readonly median: number; readonly worst: number }>;
}

export function summaryOf(trials: readonly Trial[]): TrialsSummary {
  const known = (values: (number | undefined)[]) => values.filter((value) => value !== undefined);
  const steps = Object.keys(trials[0]?.logLoss ?? {});
  return {
    trials: trials.length,
    success: trials.filter(({ success }) => success).length / trials.length,
    stepsToSuccess: { median: median(known(trials.map((trial) => trial.stepsToSuccess))) },
    cellsAStep: { median: median(known(trials.map((trial) => trial.cellsAStep))) },
    logLoss: Object.fromEntries(
      steps.map((step) => [step, spreadOf(trials.map((trial) => trial.logLoss[Number(step)]))]),
    ),
  };
}
