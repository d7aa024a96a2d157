// Training as an async iterator, for a loop of your own, and as one call.

import type { Target } from "../cells/cells.js";
import { InvalidInputError, NcaError } from "../cells/errors.js";
import { copyParameters, type Rule } from "../rule/rule.js";
import { growth } from "./growth.js";
import type { Task } from "./task.js";
import { Trainer, type TrainerOptions, type TrainingStep } from "./trainer.js";

/** Training was asked to stop. The rule has the weights so far. */
export class InterruptedError extends NcaError {
  override name = "InterruptedError";
}

export interface TrainOptions extends TrainerOptions {
  /** Stops the training within one step. So does an interrupt (SIGINT) of the process or the notebook's kernel. */
  readonly signal?: AbortSignal;
  /** Called after every step. */
  readonly onStep?: (step: TrainingStep) => void;
}

/** Rules that are being trained: two training runs of one rule would each undo the other's steps. */
const learning = new WeakSet<Rule>();

/** What to do on an interrupt (SIGINT) of the process or the notebook's kernel, by training under way. */
const interrupts = new Set<() => void>();
const interruptAll = () => {
  for (const interrupt of interrupts) interrupt();
};

function onInterrupt(interrupt: () => void): void {
  if (interrupts.size === 0) globalThis.process?.on?.("SIGINT", interruptAll);
  interrupts.add(interrupt);
}

function offInterrupt(interrupt: () => void): void {
  interrupts.delete(interrupt);
  if (interrupts.size === 0) globalThis.process?.off?.("SIGINT", interruptAll);
}

/** So often, in milliseconds, a training lets others have their turn: a timer takes a millisecond at least. */
const BREATH_MS = 15;

/** Lets input, drawing and signals have their turn, when the last turn was long enough ago. */
function breathing(): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}

/**
 * Trains step by step, from the trainer's own step on. Yields after every step; throws InterruptedError when stopped,
 * DivergedError when the rule breaks too often.
 */
export async function* runTrainer(
  trainer: Trainer,
  signal?: AbortSignal,
): AsyncGenerator<TrainingStep, void> {
  if (learning.has(trainer.rule)) {
    throw new InvalidInputError(
      "This rule is being trained already; wait for that training or stop it, or train a copy: cloneRule(rule).",
    );
  }
  learning.add(trainer.rule);
  const breathe = breathing();
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  // while the synchronous part of a vm script runs, such as a notebook's cell, Node hands SIGINT to the script, and
  // then kills the process on SIGINT if a listener was added meanwhile
  try {
    await breathe();
    onInterrupt(interrupt);
    while (trainer.step < trainer.options.steps) {
      if (interrupted || signal?.aborted) {
        const [step, steps] = [trainer.step, trainer.options.steps].map((n) => n.toLocaleString("en"));
        throw new InterruptedError(`Stopped at step ${step} of ${steps}; the rule keeps what it learned.`);
      }
      yield await trainer.next();
      await breathe();
    }
  } finally {
    offInterrupt(interrupt);
    learning.delete(trainer.rule);
  }
}

/** The task that is meant: a target alone stands for growing it. */
export function taskOf(goal: Target | Task, rule: Rule): Task {
  return "strainsWith" in goal ? goal : growth(goal, rule);
}

/**
 * Trains a rule in place, step by step: `for await (const { step, loss } of training(rule, target)) ...`
 * The goal is a picture to grow from the seed, or a task. With `average`, the rule has the last weights during the loop
 * and their running mean when it ends, however it ends. On an engine that takes whole training steps the rule gets its
 * weights when the loop ends; until then a trainer's `result` has them.
 */
export async function* training(
  rule: Rule,
  goal: Target | Task,
  options: TrainOptions = {},
): AsyncGenerator<TrainingStep, void> {
  const { signal, onStep, ...recipe } = options;
  const trainer = new Trainer(rule, taskOf(goal, rule), recipe);
  try {
    for await (const step of runTrainer(trainer, signal)) {
      onStep?.(step);
      yield step;
    }
  } finally {
    copyParameters((await trainer.result()).parameters, rule.parameters);
    await trainer.learner.close?.();
  }
}

/**
 * Trains a rule in place to the end, on a picture to grow or on a task: 8,000 training steps of Distill's recipe,
 * `RECIPE`, unless told otherwise. A second call goes on from the weights that the first one left.
 */
export async function train(rule: Rule, goal: Target | Task, options: TrainOptions = {}): Promise<void> {
  for await (const _ of training(rule, goal, options));
}
