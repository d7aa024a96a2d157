// An engine is a value that is passed in: it computes rollouts and their gradients for the rules that it supports. It
// knows nothing of TensorFlow.js, files or screens.

import { type Cells, checkCells, colourOf } from "../cells/cells.js";
import { checkInteger, checkRngSeed, InvalidInputError } from "../cells/errors.js";
import { checkFinite, type Parameters } from "../rule/rule.js";
import type { RuleSpec } from "../rule/spec.js";
import { checkRules, type Rules, type Strains, strainsOf } from "../rule/strains.js";
import type { Learner, LearnerOrder } from "./learner.js";

export interface RolloutOptions {
  /** CA steps. */
  readonly steps: number;
  /** Seeds the fire mask's coin tosses; a 32-bit integer. */
  readonly rngSeed: number;
  /** Number of the first CA step, so that a rollout in parts tosses the same coins as the whole one. */
  readonly firstStep?: number;
  /**
   * Says that the cells are those that this engine's last `grow` returned, and that nobody has changed them since: an engine
   * that kept them on a device then goes on from there, without sending them again.
   */
  readonly goesOn?: boolean;
}

/** A rollout that may be followed by its backward pass. */
export interface TapedOptions extends RolloutOptions {
  /** The strain whose parameters get a gradient; the first if not given. The others are frozen. */
  readonly trained?: number;
}

/** The gradient of a loss with respect to the first state and the trained rule's parameters. */
export interface RolloutGradient {
  readonly dCells: Cells;
  readonly dParameters: Parameters;
}

/** The last state of a rollout, and the backward pass through it. */
export interface Rollout {
  readonly cells: Cells;
  /** Takes the gradient of the last state, float32 [count, height, width, channels]. */
  backward(dCells: Float32Array): Promise<RolloutGradient>;
  /** As `backward`, without the gradient of the first state, which takes as much memory as the batch. */
  parameterGradient(dCells: Float32Array): Promise<Parameters>;
}

/**
 * Computes rollouts. Every method throws InvalidInputError for rules, cells and options that do not fit one another or
 * that this engine does not support, and EngineError when it cannot finish.
 */
export interface Engine {
  readonly name: string;
  /** True, or a few words on why this engine cannot compute such a rule. */
  supports(spec: RuleSpec): true | string;
  /** The state after `steps` CA steps; the cells given stay as they are. */
  grow(rules: Rules, cells: Cells, options: RolloutOptions): Promise<Cells>;
  /**
   * As `grow`, with a tape for the backward pass. The newest tape may be the only one that is kept: the backward pass
   * of an older rollout then runs that rollout again first, so its rules and cells must not have changed.
   */
  rollout(rules: Rules, cells: Cells, options: TapedOptions): Promise<Rollout>;
  /**
   * A learner that takes whole training steps on this engine's own device, or undefined where the engine cannot take
   * such steps. An engine without this method only computes rollouts; the other parts of the training run outside it.
   */
  learner?(order: LearnerOrder): Learner | undefined;
  /**
   * Engines for so many trainings side by side, of rules, grids and batches of one shape: their learners' training steps are
   * computed at once, so each of these trainings waits for the others in every step until it is closed (`Learner.close`).
   */
  together?(count: number): readonly Engine[];
}

/** As `Rollout`, with the backward pass computed synchronously. */
export interface SyncRollout {
  readonly cells: Cells;
  backward(dCells: Float32Array): RolloutGradient;
  parameterGradient(dCells: Float32Array): Parameters;
}

/** A CPU engine, which can also compute synchronously: TensorFlow.js's `customGrad` needs that. */
export interface SyncEngine extends Engine {
  growSync(rules: Rules, cells: Cells, options: RolloutOptions): Cells;
  rolloutSync(rules: Rules, cells: Cells, options: TapedOptions): SyncRollout;
}

/** The methods that return promises, for an engine that computes synchronously. */
export function promised(
  engine: Pick<SyncEngine, "growSync" | "rolloutSync">,
): Pick<Engine, "grow" | "rollout"> {
  return {
    grow: async (rules, cells, options) => engine.growSync(rules, cells, options),
    rollout: async (rules, cells, options) => {
      const run = engine.rolloutSync(rules, cells, options);
      return {
        cells: run.cells,
        backward: async (dCells) => run.backward(dCells),
        parameterGradient: async (dCells) => run.parameterGradient(dCells),
      };
    },
  };
}

const MAX_STEPS = 2 ** 30;

/** Specifications that an engine supports: it is asked once about each. */
const supported = new WeakMap<object, WeakSet<RuleSpec>>();

/** Throws InvalidInputError, saying which engine supports the rule, unless this one does. */
export function checkSupport(engine: Pick<Engine, "name" | "supports">, spec: RuleSpec): void {
  const known = supported.get(engine) ?? new WeakSet();
  if (known.has(spec)) return;
  const answer = engine.supports(spec);
  if (answer === true) {
    supported.set(engine, known.add(spec));
    return;
  }
  throw new InvalidInputError(
    `The engine ${engine.name} ${answer}; take \`wasm\`, which supports every rule.`,
  );
}

/**
 * The strains of a rollout. Throws InvalidInputError unless the rules, the cells and the options fit one another and
 * the engine supports them.
 */
export function checkedStrains(
  engine: Pick<Engine, "name" | "supports">,
  rules: Rules,
  cells: Cells,
  { steps, rngSeed, firstStep = 0, trained = 0 }: TapedOptions,
): Strains {
  const strains = strainsOf(rules);
  checkRules(strains);
  const [{ spec }] = strains.rules;
  checkSupport(engine, spec);
  if (cells.channels !== spec.channels) {
    throw new InvalidInputError(`Cells have ${cells.channels} channels; the rule has ${spec.channels}.`);
  }
  if (cells.premultiplied !== spec.premultiplied) {
    throw new InvalidInputError(
      `The cells' RGB is ${colourOf(cells)}, the rule's ${colourOf(spec)}; make them with the rule's premultiplied.`,
    );
  }
  checkStrainsOf(cells, strains.rules.length);
  checkCells(cells);
  checkRngSeed(rngSeed);
  checkInteger("steps", steps, 0, MAX_STEPS);
  checkInteger("firstStep", firstStep, 0, MAX_STEPS);
  checkInteger("trained", trained, 0, strains.rules.length - 1);
  return strains;
}

/**
 * Throws InvalidInputError for weights that are not finite. Called before a growth but not before a training rollout:
 * training notices such weights by itself and goes back to earlier ones.
 */
export function checkWeights({ rules }: Strains): void {
  for (const { parameters } of rules) checkFinite(parameters);
}

function checkStrainsOf({ strains }: Cells, rules: number): void {
  const unknown = strains?.find((strain) => strain >= rules);
  if (unknown === undefined) return;
  throw new InvalidInputError(
    `A cell is of strain ${unknown}; there are ${rules} rules, strains 0 to ${rules - 1}.`,
  );
}

/** Throws InvalidInputError unless the gradient of the last state holds as many numbers as the state. */
export function checkGradient(dCells: Float32Array, { data }: Cells): void {
  if (dCells.length === data.length) return;
  throw new InvalidInputError(
    `The gradient holds ${dCells.length} numbers; the last state needs ${data.length}.`,
  );
}
