// Random rules and cells whose fields are beyond the usual, for tests of engines and of formats.

import { Random } from "../../lib/cells/random.js";
import type { RuleSpec } from "../../lib/rule/spec.js";
import { type Case, randomCells, randomRule } from "./cases.js";

/** A random rule of every kind, its unusual fields drawn one by one, on grids of up to `size` x `size` cells. */
export function unusualCase(index: number, size = 8): Case {
  const random = new Random(index + 7000);
  const channels = random.integer(4, 9);
  const draw = () => random.uniform() < 0.5;
  const inputs = [0, 1, 2, 3].filter(() => random.uniform() < 0.3);
  const options: Partial<RuleSpec> = {
    channels,
    hidden: random.integer(1, 9),
    inputs,
    ...(draw() && { boundary: "torus" }),
    ...(draw() && { aliveReach: "cell" }),
    ...(draw() && { aliveChannel: random.integer(0, channels) }),
    ...(draw() && { aliveThreshold: random.uniform(-0.5, 0.5) }),
  };
  const rule = randomRule(random, options);
  const [height, width] = [random.integer(1, size), random.integer(1, size + 1)];
  const cells = randomCells(random, random.integer(1, 3), height, width, channels);
  const name = `${index}: ${height} x ${width} ${JSON.stringify(rule.spec)}`;
  return { rule, cells, name, steps: random.integer(1, 5), rngSeed: random.next() };
}
