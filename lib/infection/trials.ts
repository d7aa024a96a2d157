// How well an infection does: hosts of random age, each infected at random cells and watched for 1,000 CA steps.

import { type Cells, sampleOf, stackCells, type Target } from "../cells/cells.js";
import { checkInteger, checkRngSeed } from "../cells/errors.js";
import { checkComparable, checkTarget, pictureLosses } from "../cells/picture-loss.js";
import { combine, Random } from "../cells/random.js";
import type { Engine } from "../engine/engine.js";
import { defaultEngine } from "../engine/engines.js";
import { statesAt } from "../engine/grow.js";
import type { Rule } from "../rule/rule.js";
import type { RuleSpec } from "../rule/spec.js";
import { type Rules, type Strains, strainsOf, withStrain } from "../rule/strains.js";
import { logLoss } from "../train/loss.js";
import type { MeasureOptions } from "../train/task.js";
import { type Herd, hostsOf } from "./herd.js";
import { infectAtRandom, matureCells, SPREAD, shareOf } from "./infect.js";

/** An infection has succeeded when the log loss against its target is at most this within 200 CA steps and at 1,000. */
export const SUCCESS = -3;
const WITHIN = 200;
const HELD_AT = 1000;
/** CA steps between two looks at the loss while the infection may still succeed. */
const LOOK = 5;
/** Trials that are run at once. */
const BATCH_SIZE = 16;
/** The front has passed when this share of the mature cells is infected; `reachOf` measures how far it got. */
const MOST = 0.95;
/** Keeps the trials' randomness apart from every other use of the same rngSeed. */
const TRIALS_STREAM = 6;

export interface TrialsOptions extends MeasureOptions {
  readonly trials?: number;
  /** Cells that are infected at first. */
  readonly points?: number;
  /** Lowest and highest age of the hosts, in CA steps. */
  readonly ages?: readonly [number, number];
  readonly spread?: number;
  /** More CA steps after the infection at which the loss is taken; it is always taken at 200 and 1,000. */
  readonly measured?: readonly number[];
}

/** One trial. */
export interface Trial {
  /** The host's age when it was infected, in CA steps. */
  readonly age: number;
  readonly success: boolean;
  /** The CA step of the first look at which the log loss was at most -3; undefined without success. */
  readonly stepsToSuccess: number | undefined;
  /** Log loss at each of the measured steps. */
  readonly logLoss: Record<number, number>;
  /** How fast the front moved, in cells per CA step; undefined if it did not get through within 200 CA steps. */
  readonly cellsAStep: number | undefined;
}

/**
 * Infects hosts with the rule `infection` and watches what happens; see `infectionOf` for `hosts`. Host states are
 * drawn from 16 lives, at ages 5 CA steps apart, and each trial infects its own cells. The same options give the same
 * trials; a larger number of trials begins with the same ones. Throws InvalidInputError when an option is out of range.
 */
export async function infectionTrials(
  hosts: Rules,
  infection: Rule,
  target: Target,
  options: TrialsOptions = {},
): Promise<Trial[]> {
  const { trials = 64, points = 1, ages = [20, 300], spread = SPREAD, rngSeed = 0, measured = [] } = options;
  checkTarget(target);
  checkComparable({ ...target, premultiplied: infection.spec.premultiplied }, target);
  checkInteger("trials", trials, 1, 1_000_000);
  checkInteger("points", points, 1, target.height * target.width);
  checkRngSeed(rngSeed);
  for (const step of measured) checkInteger("A measured step", step, 1, 2 ** 30);
  const prior = strainsOf(hosts);
  const strains = withStrain(prior, infection, spread);
  const key = combine(rngSeed, TRIALS_STREAM);
  const engine = options.engine ?? defaultEngine();
  const herd = await hostsOf(prior, target, { ages, rngSeed: key, engine });
  const results: Trial[] = [];
  while (results.length < trials) {
    const count = Math.min(BATCH_SIZE, trials - results.length);
    const done = results.length;
    const random = new Random(combine(key, done));
    const onProgress = (part: number) => options.onProgress?.((done + part * count) / trials);
    results.push(
      ...(await runBatch(strains, herd, target, { count, points, random, measured, engine, onProgress })),
    );
  }
  return results;
}

/** Trials that are run at once. */
interface Together {
  readonly count: number;
  readonly points: number;
  readonly random: Random;
  readonly measured: readonly number[];
  readonly engine: Engine;
  readonly onProgress: (done: number) => void;
}

async function runBatch(strains: Strains, herd: Herd, target: Target, batch: Together): Promise<Trial[]> {
  const { count, points, random, measured, engine, onProgress } = batch;
  const { spec } = strains.rules[0];
  const strain = strains.rules.length - 1;
  const all = Array.from({ length: BATCH_SIZE }, () => herd.take(random));
  const infected = infectAtRandom(stackCells(all.map(({ cells }) => cells)), strain, points, random, spec);
  const rngSeed = random.next();
  const hosts = all.slice(0, count); // a few trials are the first of many
  const young = stackCells(hosts.map((_, i) => sampleOf(infected, i)));

  const looks = Array.from({ length: WITHIN / LOOK }, (_, i) => (i + 1) * LOOK);
  const stops = [...new Set([...looks, HELD_AT, ...measured])].sort((a, b) => a - b);
  const losses = new Map<number, number[]>();
  const taken: (number | undefined)[] = new Array(count).fill(undefined);
  for await (const { step: stop, cells } of statesAt(strains, young, stops, { rngSeed, engine })) {
    losses.set(stop, Array.from(pictureLosses(cells, target), logLoss));
    for (let sample = 0; sample < count && stop <= WITHIN; sample++) {
      if (shareOf(cells, strain, sample, spec) >= MOST) taken[sample] ??= stop;
    }
    onProgress(stop / stops[stops.length - 1]);
  }
  return hosts.map(({ age }, i) => {
    const at = (wanted: number) => losses.get(wanted)![i];
    const reached = looks.find((look) => at(look) <= SUCCESS);
    const success = reached !== undefined && at(HELD_AT) <= SUCCESS;
    const steps = [...new Set([WITHIN, HELD_AT, ...measured])];
    const time = taken[i];
    return {
      age,
      success,
      stepsToSuccess: success ? reached : undefined,
      logLoss: Object.fromEntries(steps.map((step) => [step, at(step)])),
      cellsAStep: time === undefined ? undefined : reachOf(sampleOf(young, i), strain, spec) / time,
    };
  });
}

/** CA steps that a front of one cell per step needs to get from the infected cells to 95 % of the mature ones. */
function reachOf(cells: Cells, strain: number, spec: RuleSpec): number {
  const { width, strains } = cells;
  const mature = matureCells(cells, 0, spec);
  const infected = mature.filter((cell) => strains?.[cell] === strain);
  const apart = (a: number, b: number) =>
    Math.max(Math.abs(Math.floor(a / width) - Math.floor(b / width)), Math.abs((a % width) - (b % width)));
  const distances = mature.map((cell) => Math.min(...infected.map((from) => apart(cell, from))));
  return distances.sort((a, b) => a - b)[Math.floor(MOST * (distances.length - 1))];
}
