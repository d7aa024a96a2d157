// Several trainings side by side.

import type { Target } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import type { Engine } from "../engine/engine.js";
import { defaultEngine } from "../engine/engines.js";
import { copyParameters, type Rule } from "../rule/rule.js";
import { HostLearner } from "./host-learner.js";
import type { GivenOptions } from "./options.js";
import type { Task } from "./task.js";
import { Trainer, type TrainingStep } from "./trainer.js";
import { InterruptedError, runTrainer, taskOf } from "./training.js";

/** One of several trainings side by side. */
export interface TrainingJob {
  /** Is trained in place. */
  readonly rule: Rule;
  /** A picture to grow from the seed, or a task. */
  readonly goal: Target | Task;
  /** As those of `train`; side by side, `batch`, `poolSize` and the longest rollout are the same in all jobs. */
  readonly options?: GivenOptions;
}

export interface TogetherOptions {
  /** The engine that computes all of them; the one from `defaultEngine` if not given. */
  readonly engine?: Engine;
  /** Stops all within one step. So does an interrupt (SIGINT). */
  readonly signal?: AbortSignal;
  /** Called after every step of every job, with the job's index. */
  readonly onStep?: (step: TrainingStep, job: number) => void;
}

/**
 * Trains rules side by side, each as `train` would train it alone. An engine that can computes their training steps at once
 * (`Engine.together`: rules, grids and batches of one shape); on another they are trained one after the other. When one
 * breaks, the others go on; at the end the first error is thrown. Throws InvalidInputError for no jobs, and where some of them
 * cannot be computed at once with the others.
 */
export async function trainTogether(
  jobs: readonly TrainingJob[],
  { engine = defaultEngine(), signal, onStep }: TogetherOptions = {},
): Promise<void> {
  if (jobs.length === 0) throw new InvalidInputError("There is nothing to train; expected one job or more.");
  jobs.forEach(({ rule, goal }, i) => {
    if (!rule || !goal)
      throw new InvalidInputError(`Job ${i} has no ${rule ? "goal" : "rule"}; expected both.`);
  });
  if (new Set(jobs.map(({ rule }) => rule)).size < jobs.length)
    throw new InvalidInputError("One rule is in two jobs; give each a copy: cloneRule(rule).");
  const engines = engine.together?.(jobs.length);
  const trainers = jobs.map(({ rule, goal, options }, i) => {
    return new Trainer(rule, taskOf(goal, rule), { ...options, engine: engines?.[i] ?? engine });
  });
  const onHost = trainers.filter(({ learner }) => learner instanceof HostLearner).length;
  if (engines && onHost > 0 && onHost < jobs.length) {
    throw new InvalidInputError(
      "Some of these trainings have no picture to compare with, so they cannot be computed at once with the others; " +
        "train them apart.",
    );
  }
  const run = async (trainer: Trainer, job: number) => {
    try {
      for await (const step of runTrainer(trainer, signal)) onStep?.(step, job);
    } finally {
      copyParameters((await trainer.result()).parameters, trainer.rule.parameters);
      await trainer.learner.close?.();
    }
  };
  await allOf(
    trainers.map((trainer, job) => () => run(trainer, job)),
    engines !== undefined && onHost === 0,
  );
}

/**
 * Does all of them, at once or one after the other until one is stopped. Then throws the interrupt, if there was one, or the
 * first error.
 */
export async function allOf(works: readonly (() => Promise<void>)[], atOnce: boolean): Promise<void> {
  const errors: unknown[] = [];
  const done = async (work: () => Promise<void>) => {
    await work().catch((error) => errors.push(error));
  };
  if (atOnce) await Promise.all(works.map(done));
  else for (const work of works) if (!(errors.at(-1) instanceof InterruptedError)) await done(work);
  const interrupt = errors.find((error) => error instanceof InterruptedError);
  if (errors.length > 0) throw interrupt ?? errors[0];
}
