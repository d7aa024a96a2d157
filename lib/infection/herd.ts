// Host states of every age, to draw from: a few hosts live on, and a state of each is kept every few CA steps.

import { type Cells, sampleOf, stackCells, type Target } from "../cells/cells.js";
import { checkInteger, InvalidInputError } from "../cells/errors.js";
import { SamplePool } from "../cells/pool.js";
import { combine, Random } from "../cells/random.js";
import type { Sample } from "../cells/sample.js";
import type { Engine } from "../engine/engine.js";
import { defaultEngine } from "../engine/engines.js";
import { type Moment, statesAt } from "../engine/grow.js";
import { seedFor } from "../rule/seeds.js";
import { firstStrains, type Rules, strainsOf } from "../rule/strains.js";
import { infectAtRandom } from "./infect.js";

export interface HerdOptions {
  /** Lowest and highest age of the states, in CA steps. */
  readonly ages: readonly [number, number];
  readonly rngSeed: number;
  /** The engine that computes the hosts; the one from `defaultEngine` if not given. */
  readonly engine?: Engine;
}

/** CA steps from one kept state of a host to the next. */
const EVERY = 5;
/** How many hosts live, each with its own coin tosses. */
const LIVES = 16;
/** The oldest that a host may be, in CA steps. */
const OLDEST = 1_000_000;
/** Keeps the choice of infected hosts apart from other uses of the same rngSeed. */
const PRIOR_STREAM = 5;

/** Throws InvalidInputError unless both ages are in range and the lower one comes first. */
export function checkAges([from, to]: readonly [number, number]): void {
  checkInteger("A herd's youngest age", from, 0, OLDEST);
  checkInteger("A herd's oldest age", to, from, OLDEST);
}

export class Herd {
  private constructor(
    private readonly states: SamplePool,
    private readonly ages: readonly number[],
  ) {}

  /** Lets every sample live under the rules from age 0 on. */
  static async of(rules: Rules, young: Cells, { ages, rngSeed, engine }: HerdOptions): Promise<Herd> {
    checkAges(ages);
    const [from, to] = ages;
    const kept = Array.from({ length: Math.floor((to - from) / EVERY) + 1 }, (_, i) => from + i * EVERY);
    const reached: number[] = [];
    const lives = live(statesAt(rules, young, kept, { rngSeed, engine }), (age) => reached.push(age));
    return new Herd(await SamplePool.from(lives), reached);
  }

  /** A random one of the states, and its age in CA steps. */
  take(random: Random): { readonly cells: Cells; readonly age: number } {
    const index = random.integer(0, this.states.size);
    return { cells: this.states.take([index]).cells, age: this.ages[index] };
  }
}

/** Every sample at every age. */
async function* live(
  moments: AsyncIterable<Moment>,
  onAge: (age: number) => void,
): AsyncGenerator<Sample, void> {
  for await (const { step, cells } of moments) {
    for (let sample = 0; sample < cells.count; sample++) {
      onAge(step);
      yield { cells: sampleOf(cells, sample) };
    }
  }
}

/**
 * Host states grown from the seed by the first strain's rule. Where there are more strains, each in turn infects such
 * hosts at one random cell, and they live on: an age is then counted from the last infection.
 */
export async function hostsOf(
  hosts: Rules,
  { height, width }: Pick<Target, "height" | "width">,
  options: HerdOptions,
): Promise<Herd> {
  const strains = strainsOf(hosts);
  const { rules } = strains;
  if (rules.length === 0) throw new InvalidInputError("There is no host: the strains hold no rule.");
  const { spec } = rules[0];
  const all = { ...options, engine: options.engine ?? defaultEngine() };
  const seeds = seedFor(rules[0], { count: LIVES, height, width });
  let herd = await Herd.of(rules[0], seeds, all);
  const random = new Random(combine(options.rngSeed, PRIOR_STREAM));
  for (let strain = 1; strain < rules.length; strain++) {
    const young = Array.from({ length: LIVES }, () =>
      infectAtRandom(herd.take(random).cells, strain, 1, random, spec),
    );
    herd = await Herd.of(firstStrains(strains, strain + 1), stackCells(young), all);
  }
  return herd;
}
