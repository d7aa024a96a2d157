// The options of training, and Distill's recipe as their default.

import { checkInteger, checkKnown, checkOneOf, checkRngSeed, InvalidInputError } from "../cells/errors.js";
import { givenIn } from "../cells/given.js";
import { DAMAGES, type Damage } from "./damage.js";
import { OBJECTIVES, type Objective } from "./loss.js";

export const REGIMES = ["growing", "persistent", "regenerating"] as const;
/**
 * What a rule learns: to grow the picture from a seed, to keep it (from a pool of earlier states as well), or to
 * heal it (from damaged ones too). Source: Mordvintsev et al. 2020.
 */
export type Regime = (typeof REGIMES)[number];

export const REPLACED = ["worst", "any"] as const;
/**
 * Which samples of a batch are replaced by fresh ones. "worst": wrong shapes are soon gone from the pool. "any": they
 * stay, and the rule is trained on them, for `(batch - damaged) / fresh` rollouts on average.
 */
export type Replaced = (typeof REPLACED)[number];

export interface TrainingOptions {
  /** What the rule learns; "persistent" if not given. */
  readonly regime: Regime;
  /** Training steps, counting those before a training run was resumed; 8,000 if not given. */
  readonly steps: number;
  /** Seeds all randomness of the training; a 32-bit integer, 0 if not given. */
  readonly rngSeed: number;
  /** Samples per training step; 8 if not given. */
  readonly batch: number;
  /** States that the sample pool holds; 1,024 if not given. A growing rule has no pool. */
  readonly poolSize: number;
  /** Samples of each batch that are replaced by fresh ones; 1 if not given. */
  readonly fresh: number;
  /** Which samples these are: those of highest loss (as in Distill, and if not given), or any that are not damaged. */
  readonly replaced: Replaced;
  /** The fewest and the most CA steps of a rollout; 64 and 95 if not given. */
  readonly rollout: readonly [number, number];
  /** Adam's learning rate at the first step; 0.002 if not given. */
  readonly learningRate: number;
  /** [from step, factor] pairs that multiply the learning rate; by 0.1 from step 2,000 on if not given. */
  readonly decay: readonly (readonly [number, number])[];
  /**
   * The resulting rule has the running mean of the weights, of which each training step keeps this much: 0.999 gives
   * the mean of about the last thousand steps, 0 the last weights alone. The mean settles as it would at a small
   * learning rate, while training goes on at a large one. It starts at the weights that training starts from and, after
   * a return to earlier weights, at those: training should go on for several times the mean's length. 0 if not given.
   */
  readonly average: number;
  /** What is minimised; "mean" if not given. */
  readonly objective: Objective;
  /** Samples of each batch that are damaged, those of lowest loss; by default 3 in regime "regenerating", else 0. */
  readonly damaged: number;
  /**
   * Only those of these samples whose log loss is below this are damaged, so that a pattern is whole before it is
   * damaged again; all if not given.
   */
  readonly woundBelow: number;
  /** The damage that they get; "circles" if not given. */
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

/**
 * A recipe for a rule that grows its picture, keeps it and heals it, whatever the picture: small batches with half of the damage
 * halves in any direction, the root objective, rollouts as short as healing should be, and the running mean of the weights. What it
 * gives so far, and what else was tried, stands in models/README.md.
 */
const ALIVE = {
  ...RECIPE,
  regime: "regenerating",
  steps: 9000,
  batch: 4,
  poolSize: 192,
  damaged: 3,
  rollout: [64, 112],
  learningRate: 1e-3,
  average: 0.998,
  objective: "root",
  damage: "circles-and-halves",
} satisfies TrainingOptions;
/** Where its learning rate falls, as shares of its steps, and by which factor. */
const ALIVE_DECAY = [
  [0.6, 0.4],
  [0.8, 0.3],
  [0.92, 0.4],
] as const;

export const RECIPES = ["distill", "alive"] as const;
/** A name for all options at once. "distill": `RECIPE`. "alive": a rule that grows its picture, keeps it and heals it. */
export type RecipeName = (typeof RECIPES)[number];

/** Training options as they are asked for: a recipe, "distill" if not given, and what differs from it. */
export interface GivenOptions extends Partial<TrainingOptions> {
  /** Where the options come from that are not given; "distill" if not given. */
  readonly recipe?: RecipeName;
}

const DAMAGED = 3;

/** All options of a recipe, for a training of so many steps if that is said. */
function recipeFor(given: GivenOptions): TrainingOptions {
  const { recipe = "distill", steps = ALIVE.steps, batch = ALIVE.batch, regime } = given;
  checkOneOf("recipe", recipe, RECIPES);
  if (recipe === "alive") {
    const decay = ALIVE_DECAY.map(([share, factor]) => [Math.round(share * steps), factor] as const);
    const damaged = regime === "growing" ? 0 : Math.min(ALIVE.damaged, Math.max(0, batch - ALIVE.fresh));
    return { ...ALIVE, decay, damaged, ...(damaged === 0 && { damage: RECIPE.damage }) };
  }
  return { ...RECIPE, damaged: regime === "regenerating" ? DAMAGED : 0 };
}

/** Fills in the recipe. Throws InvalidInputError when something is out of range. */
export function completeOptions(options: GivenOptions): TrainingOptions {
  checkKnown("A training", options, [...Object.keys(ALIVE), "recipe"]);
  const { recipe: _, ...given } = givenIn(options);
  const complete = { ...recipeFor(options), ...given };
  check(complete);
  return complete;
}

/** Throws InvalidInputError with this text unless the condition holds. */
function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new InvalidInputError(otherwise);
}

const MOST = 2 ** 30;

function check(options: TrainingOptions): void {
  const { regime, batch, poolSize, fresh, rollout, damaged, learningRate, average } = options;
  checkRngSeed(options.rngSeed);
  checkOneOf("regime", regime, REGIMES);
  checkOneOf("replaced", options.replaced, REPLACED);
  checkOneOf("objective", options.objective, OBJECTIVES);
  checkOneOf("damage", options.damage, DAMAGES);
  checkInteger("steps", options.steps, 1, MOST);
  checkInteger("batch", batch, 1, MOST);
  checkInteger("poolSize", poolSize, 1, MOST);
  for (const end of rollout) checkInteger("rollout", end, 1, MOST);
  const [low, high] = rollout;
  expect(low <= high, `rollout goes from ${low} to ${high} CA steps; expected low to high.`);
  expect(poolSize >= batch, `poolSize is ${poolSize}; expected at least the batch, ${batch}.`);
  checkInteger("fresh", fresh, 0, batch);
  checkInteger("damaged", damaged, 0, batch);
  const changed = fresh + damaged;
  expect(changed <= batch, `fresh and damaged are ${fresh} and ${damaged}: more than a batch of ${batch}.`);
  const isRate = learningRate > 0 && Number.isFinite(learningRate);
  expect(isRate, `learningRate is ${learningRate}; expected above 0.`);
  const isShare = average >= 0 && average < 1;
  expect(isShare, `average is ${average}; expected 0 to below 1, such as 0.999.`);
  checkDecay(options.decay);
  checkWounds(options);
}

function checkDecay(decay: TrainingOptions["decay"]): void {
  for (const [from, factor] of decay) {
    const isDecay = Number.isInteger(from) && from >= 0 && factor > 0 && Number.isFinite(factor);
    expect(isDecay, `decay has [${from}, ${factor}]; expected a training step and a factor above 0.`);
  }
}

/** Damage needs samples that are damaged, and these need a pool. */
function checkWounds({ regime, damaged, damage, woundBelow }: TrainingOptions): void {
  expect(!Number.isNaN(woundBelow), "woundBelow is not a number; expected a log loss, such as -3.");
  const hasPool = regime !== "growing";
  expect(
    hasPool || damaged === 0,
    `damaged is ${damaged} in the regime growing, which has no pool to wound samples of; use another regime.`,
  );
  const isUsual = damage === RECIPE.damage && woundBelow === RECIPE.woundBelow;
  expect(
    damaged > 0 || isUsual,
    `damage is ${damage} and woundBelow is ${woundBelow} where no sample is wounded; set damaged, or leave them out.`,
  );
}

/** The learning rate of a training step. */
export function learningRateAt(options: TrainingOptions, step: number): number {
  return options.decay.reduce(
    (rate, [from, factor]) => (step >= from ? rate * factor : rate),
    options.learningRate,
  );
}
