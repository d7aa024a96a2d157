// The trainings that a drawing can have: to grow, to heal, to take over the bird.

import type { Target } from "../../cells/cells.js";
import { targetFromPixels } from "../../io/target.js";
import type { Rule } from "../../rule/rule.js";
import { seedsOf } from "../../rule/seeds.js";
import type { GivenOptions } from "../../train/options.js";
import type { Drawing } from "../offers.js";
import type { Lesson } from "../training/protocol.js";

export type LessonKind = "grow" | "heal" | "infect";

/** Empty cells around a drawing: a young pattern may grow too far. */
const PADDING = 6;

/** Training steps that a drawing takes to grow. */
export const GROW_STEPS = 1500;

/** Few samples, short rollouts, and small learning rates at the end: most of the way comes with those. */
const GROW: GivenOptions = {
  regime: "persistent",
  batch: 4,
  poolSize: 128,
  rollout: [48, 72],
  steps: GROW_STEPS,
  decay: [
    [900, 0.3],
    [1300, 0.3],
  ],
};

/** With damage from the first step on, from a rule that heals: one that has only grown has forgotten how. */
const HEAL: GivenOptions = {
  recipe: "alive",
  steps: 2500,
  poolSize: 64,
  rollout: [56, 96],
  learningRate: 2e-3,
};

const INFECT: GivenOptions = {
  regime: "persistent",
  batch: 4,
  fresh: 1,
  poolSize: 128,
  rollout: [48, 80],
  objective: "root",
  learningRate: 1e-3,
  average: 0.99,
  steps: 1800,
  decay: [
    [1000, 0.3],
    [1500, 0.3],
  ],
};

function targetOf({ size, data }: Drawing, side = size + 2 * PADDING, premultiplied = true): Target {
  const options = { size, padding: (side - size) >> 1, premultiplied };
  return targetFromPixels({ data, width: size, height: size }, options, "The drawing");
}

/** Learns to grow a drawing, from a trained rule's weights. Throws FileError for a drawing that cannot live. */
export function growLesson(drawing: Drawing, { spec, parameters }: Rule): Lesson {
  const target = targetOf(drawing, undefined, spec.premultiplied);
  const { height, width } = target;
  const grid = { height, width, seeds: seedsOf(target) };
  return { start: { spec, parameters, grid }, drawing, target, options: GROW };
}

/** Learns to grow the same and to heal it, from the weights of a rule that heals. */
export function healLesson({ drawing, target, start: { grid } }: Lesson, { spec, parameters }: Rule): Lesson {
  return { start: { spec, parameters, grid }, drawing, target, options: HEAL };
}

/** Learns to turn a host into a drawing; the host's grid is kept. Throws FileError for a drawing that cannot live. */
export function infectLesson(drawing: Drawing, hosts: Rule, side: number): Lesson {
  const { spec, parameters } = hosts;
  const target = targetOf(drawing, side, spec.premultiplied);
  return { start: { spec, parameters }, drawing, target, hosts, options: INFECT };
}
