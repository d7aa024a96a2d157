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
import { firstStrains, type Rules, type Strains, strainsOf, withStrain } from "../rule/strains.js";
import { logLoss } from "../train/loss.js";
import type { MeasureOptions } from "../train/task.js";
import { type Herd, hostsOf } from "./herd.js";
import { infectAtRandom, matureCells, SPREAD, shareOf } from "./infect.js";

/** An infection has succeeded when the log loss against its target is at most this in time, and still is later. */
export const SUCCESS = -3;
/** By when, in CA steps, unless told otherwise, and until when. */
const WITHIN = 200;
const HELD_AT = 1000;
/** The front is watched for so many CA steps. */
const FRONT = 200;
/** When the pattern is looked at after an infection was lifted. */
const LIFTED_AT = [200, 1000] as const;
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
  /** By which CA step the log loss must be at most -3 for the first time; 200 if not given. */
  readonly within?: number;
  /** At which later CA step it must still be at most -3; 1,000 if not given. */
  readonly heldAt?: number;
  /** More CA steps after the infection at which the loss is taken; it is always taken at `within` and `heldAt`. */
  readonly measured?: readonly number[];
  /**
   * The host's own picture: after the last of these CA steps all infected cells follow the last of the hosts' strains again, and
   * the pattern is compared with this picture 200 and 1,000 CA steps later.
   */
  readonly lifted?: Target;
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
  /** Log loss against the host's picture, so many CA steps after the infection was lifted; undefined where it was not. */
  readonly lifted?: Record<number, number>;
  /** The share of the mature cells that are infected at the last of the measured steps. */
  readonly infected: number;
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
  const { trials = 64, points = 1, ages = [20, 300], spread = SPREAD, rngSeed = 0, lifted } = options;
  const { within = WITHIN, heldAt = HELD_AT, measured = [] } = options;
  checkTarget(target);
  checkComparable({ ...target, premultiplied: infection.spec.premultiplied }, target);
  checkInteger("trials", trials, 1, 1_000_000);
  checkInteger("points", points, 1, target.height * target.width);
  checkRngSeed(rngSeed);
  checkInteger("within", within, LOOK, 2 ** 30);
  checkInteger("heldAt", heldAt, within, 2 ** 30);
  for (const step of measured) checkInteger("A measured step", step, 1, 2 ** 30);
  if (lifted) checkTarget(lifted);
  if (lifted) checkComparable({ ...lifted, premultiplied: infection.spec.premultiplied }, target);
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
    const times = { within, heldAt, measured };
    const batch = { count, points, random, ...times, lifted, engine, onProgress };
    results.push(...(await runBatch(strains, herd, target, batch)));
  }
  return results;
}

/** Trials that are run at once. */
interface Together {
  readonly count: number;
  readonly points: number;
  readonly random: Random;
  readonly within: number;
  readonly heldAt: number;
  readonly measured: readonly number[];
  readonly lifted: Target | undefined;
  readonly engine: Engine;
  readonly onProgress: (done: number) => void;
}

async function runBatch(strains: Strains, herd: Herd, target: Target, batch: Together): Promise<Trial[]> {
  const { count, points, random, within, heldAt, measured, engine, onProgress } = batch;
  const { spec } = strains.rules[0];
  const strain = strains.rules.length - 1;
  const all = Array.from({ length: BATCH_SIZE }, () => herd.take(random));
  const infected = infectAtRandom(stackCells(all.map(({ cells }) => cells)), strain, points, random, spec);
  const rngSeed = random.next();
  const hosts = all.slice(0, count); // a few trials are the first of many
  const young = stackCells(hosts.map((_, i) => sampleOf(infected, i)));

  const looks = Array.from({ length: Math.floor(within / LOOK) }, (_, i) => (i + 1) * LOOK);
  const steps = [...new Set([within, heldAt, ...measured])];
  const stops = [...new Set([...looks, ...steps])].sort((a, b) => a - b);
  const losses = new Map<number, number[]>();
  const taken: (number | undefined)[] = new Array(count).fill(undefined);
  const shares = (cells: Cells) => hosts.map((_, sample) => shareOf(cells, strain, sample, spec));
  let last = young;
  for await (const { step: stop, cells } of statesAt(strains, young, stops, { rngSeed, engine })) {
    losses.set(stop, Array.from(pictureLosses(cells, target), logLoss));
    if (stop <= FRONT)
      shares(cells).forEach((share, sample) => {
        if (share >= MOST) taken[sample] ??= stop;
      });
    last = cells;
    onProgress(stop / stops[stops.length - 1]);
  }
  const infectedShares = shares(last);
  const lifted = await afterLifting(strains, last, batch, rngSeed);
  return hosts.map(({ age }, i) => {
    const at = (wanted: number) => losses.get(wanted)![i];
    const reached = looks.find((look) => at(look) <= SUCCESS);
    const success = reached !== undefined && at(heldAt) <= SUCCESS;
    const time = taken[i];
    return {
      age,
      success,
      stepsToSuccess: success ? reached : undefined,
      logLoss: Object.fromEntries(steps.map((step) => [step, at(step)])),
      infected: infectedShares[i],
      ...(lifted && { lifted: lifted[i] }),
      cellsAStep: time === undefined ? undefined : reachOf(sampleOf(young, i), strain, spec) / time,
    };
  });
}

/** How near each pattern comes to the host's picture once all infected cells follow the host again. */
async function afterLifting(
  strains: Strains,
  infected: Cells,
  { lifted, engine }: Pick<Together, "lifted" | "engine">,
  rngSeed: number,
): Promise<Record<number, number>[] | undefined> {
  if (!lifted) return undefined;
  const strain = strains.rules.length - 1;
  const cells = { ...infected, strains: infected.strains?.map((at) => (at === strain ? strain - 1 : at)) };
  const found: Record<number, number>[] = Array.from({ length: cells.count }, () => ({}));
  const options = { rngSeed: combine(rngSeed, 1), engine };
  for await (const { step, cells: now } of statesAt(firstStrains(strains, strain), cells, LIFTED_AT, options))
    pictureLosses(now, lifted).forEach((loss, i) => {
      found[i][step] = logLoss(loss);
    });
  return found;
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
