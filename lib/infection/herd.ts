// Hosts of every age, to draw from: a few lives, of which a state is kept every few CA steps.

import { type Cells, sampleOf, seedCells, stackCells, type Target } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { combine, Random } from "../cells/random.js";
import { statesAt } from "../engine/grow.js";
import type { Rules } from "../engine/wasm/job.js";
import { checkInteger } from "../rule/rule.js";
import { firstStrains, type Strains } from "../rule/strains.js";
import { SamplePool } from "../train/pool.js";
import { infectAtRandom } from "./infect.js";

export interface HerdOptions {
  /** Ages of the states in CA steps, from and to. */
  readonly ages: readonly [number, number];
  readonly rngSeed: number;
}

/** CA steps from one state that is kept to the next of the same life. */
const EVERY = 5;
/** Lives of a herd, each with coins of its own. */
const LIVES = 16;
/** Keeps the choice of infected hosts apart from other uses of the same rngSeed. */
const PRIOR_STREAM = 5;

export class Herd {
  private readonly states: SamplePool;
  private readonly ages: number[] = [];

  /** Lets every sample live by the rules from age 0 on. */
  constructor(rules: Rules, young: Cells, { ages: [from, to], rngSeed }: HerdOptions) {
    checkInteger("A herd's youngest age", from, 0, 1_000_000);
    checkInteger("A herd's oldest age", to, from, 1_000_000);
    const kept = Array.from({ length: Math.floor((to - from) / EVERY) + 1 }, (_, i) => from + i * EVERY);
    this.states = new SamplePool(this.live(statesAt(rules, young, kept, { rngSeed })));
  }

  /** Every sample at every age. */
  private *live(states: ReturnType<typeof statesAt>): Generator<Cells, void> {
    for (const { step, cells } of states) {
      for (let sample = 0; sample < cells.count; sample++) {
        this.ages.push(step);
        yield sampleOf(cells, sample);
      }
    }
  }

  /** One of the states, and its age in CA steps. */
  take(random: Random): { readonly cells: Cells; readonly age: number } {
    const index = random.integer(0, this.states.size);
    return { cells: this.states.take([index]), age: this.ages[index] };
  }
}

/**
 * Hosts grown from the seed by the first strain's rule. Where there are more strains, each in turn has infected such
 * hosts at one random cell and lived on: an age is then counted from the last infection.
 */
export function hostsOf(strains: Strains, { height, width }: Target, options: HerdOptions): Herd {
  const { rules } = strains;
  if (rules.length === 0) throw new InvalidInputError("There is no host: the strains hold no rule.");
  let herd = new Herd(rules[0], seedCells(LIVES, height, width, rules[0].spec.channels), options);
  const random = new Random(combine(options.rngSeed, PRIOR_STREAM));
  for (let strain = 1; strain < rules.length; strain++) {
    const young = Array.from({ length: LIVES }, () =>
      infectAtRandom(herd.take(random).cells, strain, 1, random),
    );
    herd = new Herd(firstStrains(strains, strain + 1), stackCells(young), options);
  }
  return herd;
}
