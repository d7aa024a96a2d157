// Random rules and cells that the engine's tests share: every perception and mask, odd sizes, states in all stages.

import { ALPHA, type Cells, emptyCells } from "../../lib/cells/cells.js";
import { Random } from "../../lib/cells/random.js";
import { PERCEPTIONS } from "../../lib/rule/filters.js";
import { createRule, type Rule } from "../../lib/rule/rule.js";
import { ALIVE_MASKS } from "../../lib/rule/spec.js";

export interface Case {
  readonly name: string;
  readonly rule: Rule;
  readonly cells: Cells;
  readonly steps: number;
  readonly rngSeed: number;
}

const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer(0, items.length)];

/** A rule with weights large enough that cells are born and die. */
export function randomRule(random: Random, options: Parameters<typeof createRule>[0] = {}): Rule {
  const rule = createRule({
    perception: pick(random, PERCEPTIONS),
    aliveMask: pick(random, ALIVE_MASKS),
    angle: pick(random, [0, 0, 0.7]),
    channels: random.integer(4, 33),
    hidden: random.integer(1, 41),
    fireRate: pick(random, [0, 0.3, 0.5, 0.5, 1]),
    rngSeed: random.next(),
    ...options,
  });
  const { b1, w2, b2 } = rule.parameters;
  for (const weights of [b1, w2, b2])
    for (let i = 0; i < weights.length; i++) weights[i] = random.uniform(-0.2, 0.2);
  return rule;
}

/** Cells of which some are empty, some barely below or above the alive threshold, some fully grown. */
export function randomCells(
  random: Random,
  count: number,
  height: number,
  width: number,
  channels: number,
): Cells {
  const cells = emptyCells(count, height, width, channels);
  const density = random.uniform();
  for (let cell = 0; cell < count * height * width; cell++) {
    if (random.uniform() > density) continue;
    for (let channel = 0; channel < channels; channel++) {
      cells.data[cell * channels + channel] = random.uniform(-1, 1);
    }
    cells.data[cell * channels + ALPHA] = pick(random, [0.05, 0.0999, 0.1, 0.1001, 0.12, 0.5, 1]);
  }
  return cells;
}

export function randomCase(index: number): Case {
  const random = new Random(index);
  const rule = randomRule(random);
  const height = random.integer(1, 20);
  const width = random.integer(1, 36);
  const cells = randomCells(random, random.integer(1, 4), height, width, rule.spec.channels);
  const { perception, aliveMask, channels, hidden, fireRate } = rule.spec;
  return {
    name: `${perception} ${aliveMask} C${channels} D${hidden} ${cells.count}x${height}x${width} fire ${fireRate}`,
    rule,
    cells,
    steps: random.integer(0, 6),
    rngSeed: random.next(),
  };
}
