// Hosts of every age, to draw from: a few lives, of which a state is kept every few CA steps.

import { engine } from "../engine/engine.js";
import type { Rules } from "../engine/job.js";
import { type Cells, sampleOf, stackCells } from "../rule/cells.js";
import { InvalidInputError } from "../rule/errors.js";
import type { Random } from "../rule/random.js";
import { SamplePool } from "../train/pool.js";

export interface HerdOptions {
  /** Ages of the states in CA steps, from and to. */
  readonly ages: readonly [number, number];
  /** CA steps from one state that is kept to the next of the same life. */
  readonly every: number;
  readonly rngSeed: number;
}

export class Herd {
  private readonly states: SamplePool;

  /** Lets every sample live by the rules from age 0 on. */
  constructor(rules: Rules, young: Cells, { ages: [from, to], every, rngSeed }: HerdOptions) {
    if (!(from >= 0 && from <= to)) {
      throw new InvalidInputError(`Hosts' ages go from ${from} to ${to} CA steps; expected low to high.`);
    }
    const states: Cells[] = [];
    let cells = young;
    for (let age = 0; age <= to; ) {
      const steps = age === 0 && from > 0 ? from : every;
      cells = engine().grow(rules, cells, { steps, rngSeed, firstStep: age });
      age += steps;
      if (age > to) break;
      for (let sample = 0; sample < cells.count; sample++) states.push(sampleOf(cells, sample));
    }
    this.states = new SamplePool(states);
  }

  /** One of the states. */
  take(random: Random): Cells {
    return this.states.take([random.integer(0, this.states.size)]);
  }
}

/** Lets every sample live to an age of its own, in CA steps. */
export function growEach(rules: Rules, young: Cells, ages: readonly number[], rngSeed: number): Cells {
  const grown: Cells[] = [];
  let cells = young;
  let age = 0;
  for (const next of [...new Set(ages)].sort((a, b) => a - b)) {
    cells = engine().grow(rules, cells, { steps: next - age, rngSeed, firstStep: age });
    age = next;
    ages.forEach((wanted, sample) => {
      if (wanted === age) grown[sample] = sampleOf(cells, sample);
    });
  }
  return stackCells(grown);
}
