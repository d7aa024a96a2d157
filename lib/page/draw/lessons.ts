// The trainings that a drawing can have: to grow, to heal, to take over the bird.

import { targetFromPixels } from "../../io/target.js";
import type { Rule } from "../../rule/rule.js";
import { seedsOf } from "../../rule/seeds.js";
import type { GivenOptions } from "../../train/options.js";
import type { Lesson } from "../training/protocol.js";
import type { Board } from "./board.js";

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

const HEAL: GivenOptions = { recipe: "alive", steps: 1200, poolSize: 128, rollout: [56, 96] };

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

function targetOf(board: Board, side = board.size + 2 * PADDING) {
  return targetFromPixels(
    board.pixels,
    { size: board.size, padding: (side - board.size) >> 1 },
    "The drawing",
  );
}

/** Learns to grow the drawing, from a trained rule's weights. Throws FileError for a drawing that cannot live. */
export function growLesson(board: Board, start: Rule): Lesson {
  const target = targetOf(board);
  const { height, width } = target;
  const grid = { height, width, seeds: seedsOf(target) };
  return { start: { spec: start.spec, parameters: start.parameters, grid }, target, options: GROW };
}

/** Learns to heal what it has grown. */
export function healLesson(lesson: Lesson, rule: Rule): Lesson {
  return { start: rule, target: lesson.target, options: HEAL };
}

/** Learns to turn a host into the drawing; the host's grid is kept. */
export function infectLesson(board: Board, host: Rule, side: number): Lesson {
  const { spec, parameters } = host;
  return { start: { spec, parameters }, target: targetOf(board, side), hosts: host, options: INFECT };
}
