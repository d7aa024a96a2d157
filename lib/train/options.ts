// What a training is made of, and Distill's recipe as its default.

import { InvalidInputError } from "../cells/errors.js";
import { checkRngSeed } from "../rule/rule.js";
import { DAMAGES, type Damage } from "./damage.js";
import { OBJECTIVES, type Objective } from "./loss.js";

export const REGIMES = ["growing", "persistent", "regenerating"] as const;
/**
 * What a rule learns: to grow the picture from a seed, to keep it (from a pool of earlier states as well), or to
 * heal it (from wounded ones too). Source: Mordvintsev et al. 2020.
 */
export type Regime = (typeof REGIMES)[number];

export const REPLACED = ["worst", "any"] as const;
/**
 * Which samples of a batch make room for fresh ones. The worst: wrong shapes are soon gone from the pool. Any: they stay,
 * and the rule is trained on them, for `(batch - damaged) / fresh` rollouts on average.
 */
export type Replaced = (typeof REPLACED)[number];

export interface TrainingOptions {
  readonly regime: Regime;
  /** Training steps; the last one's number when a training goes on. */
  readonly steps: number;
  /** Starts all randomness of the training; a 32-bit integer. */
  readonly rngSeed: number;
  /** Samples a training step. */
  readonly batch: number;
  readonly poolSize: number;
  /** Samples of each batch that are replaced by fresh ones. */
  readonly fresh: number;
  /** Which these are: those of highest loss, as in Distill, or any that are not to be wounded. */
  readonly replaced: Replaced;
  /** CA steps of a rollout: at least, at most. */
  readonly rollout: readonly [number, number];
  /** Learning rate of the first step, and [from step, factor] pairs that multiply it. */
  readonly learningRate: number;
  readonly decay: readonly (readonly [number, number])[];
  /**
   * The rule that comes out has the running mean of the weights, of which each training step keeps this much: 0.999 is
   * the mean of about the last thousand steps, 0 the last weights alone. It settles as at a small learning rate while
   * the training goes on at a large one. It starts at the weights that the training starts from, and after a return to
   * earlier weights at those: a training should go on for several times its length.
   */
  readonly average: number;
  /** What is made small. */
  readonly objective: Objective;
  /** Samples of each batch that are wounded, those of lowest loss. */
  readonly damaged: number;
  /** Of these only samples whose log loss is below this are wounded, so that a pattern is whole before it is wounded again. */
  readonly woundBelow: number;
  /** What wounds them. */
  readonly damage: Damage;
}

/** Distill's recipe. */
export const RECIPE = {
  regime: "persistent",
  steps: 8000,
  rngSeed: 0,
  batch: 8,
  poolSize: 1024,
  fresh: 1,
  replaced: "worst",
  rollout: [64, 95],
  learningRate: 2e-3,
  decay: [[2000, 0.1]],
  average: 0,
  objective: "mean",
  woundBelow: Number.POSITIVE_INFINITY,
  damage: "circles",
} satisfies Omit<TrainingOptions, "damaged">;

const DAMAGED = 3;

/** Fills in Distill's recipe. Throws InvalidInputError when something is out of range. */
export function completeOptions(options: Partial<TrainingOptions>): TrainingOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const regime = options.regime ?? RECIPE.regime;
  const complete = { ...RECIPE, damaged: regime === "regenerating" ? DAMAGED : 0, ...given };
  check(complete);
  return complete;
}

function check(options: TrainingOptions): void {
  const { regime, steps, batch, poolSize, fresh, rollout, objective, damaged, damage, learningRate, decay } =
    options;
  checkRngSeed(options.rngSeed);
  const require = (good: boolean, what: string) => {
    if (!good) throw new InvalidInputError(what);
  };
  require(REGIMES.includes(regime), `Unknown regime "${regime}"; use one of ${REGIMES.join(", ")}.`);
  require(REPLACED.includes(
    options.replaced,
  ), `Unknown replaced "${options.replaced}"; use one of ${REPLACED.join(", ")}.`);
  require(OBJECTIVES.includes(
    objective,
  ), `Unknown objective "${objective}"; use one of ${OBJECTIVES.join(", ")}.`);
  require(DAMAGES.includes(damage), `Unknown damage "${damage}"; use one of ${DAMAGES.join(", ")}.`);
  const whole = { steps, batch, poolSize, rolloutFrom: rollout[0], rolloutTo: rollout[1] };
  for (const [name, value] of Object.entries(whole)) {
    require(Number.isInteger(value) && value >= 1, `${name} is ${value}; expected a whole number from 1.`);
  }
  require(rollout[0] <=
    rollout[1], `rollout goes from ${rollout[0]} to ${rollout[1]} CA steps; expected low to high.`);
  require(poolSize >= batch, `poolSize is ${poolSize}; expected at least the batch, ${batch}.`);
  for (const [name, value] of Object.entries({ fresh, damaged })) {
    const good = Number.isInteger(value) && value >= 0 && value <= batch;
    require(good, `${name} is ${value}; expected a whole number, at most the batch, ${batch}.`);
  }
  require(fresh + damaged <=
    batch, `fresh and damaged are ${fresh} and ${damaged}: more than a batch of ${batch}.`);
  require(learningRate > 0 &&
    Number.isFinite(learningRate), `learningRate is ${learningRate}; expected above 0.`);
  require(options.average >= 0 &&
    options.average < 1, `average is ${options.average}; expected 0 to below 1, such as 0.999.`);
  require(!Number.isNaN(options.woundBelow), "woundBelow is not a number; expected a log loss, such as -3.");
  for (const [from, factor] of decay) {
    require(Number.isInteger(from) &&
      from >= 0 &&
      factor > 0 &&
      Number.isFinite(
        factor,
      ), `decay has [${from}, ${factor}]; expected a training step and a factor above 0.`);
  }
}

/** The learning rate of a training step. */
export function learningRateAt(options: TrainingOptions, step: number): number {
  return options.decay.reduce(
    (rate, [from, factor]) => (step >= from ? rate * factor : rate),
    options.learningRate,
  );
}
