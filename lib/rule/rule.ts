// The update rule: what a cell senses, two dense layers, and the masks. Everything that defines it, and its weights.

import { InvalidInputError } from "../cells/errors.js";
import { combine, hashOf, Random } from "../cells/random.js";
import { filtersOf, type Perception } from "./filters.js";

export const ALIVE_MASKS = ["pre-and-post", "pre", "none"] as const;
/**
 * Which cells live: with a mature cell (alpha above 0.1) in their 3x3 neighbourhood before the update and after it
 * (Distill), before it (the PyTorch original), or all.
 */
export type AliveMask = (typeof ALIVE_MASKS)[number];

/** Alpha above this makes a cell mature, and its neighbourhood alive. Source: Mordvintsev et al. 2020. */
export const ALIVE_THRESHOLD = 0.1;
export const MIN_CHANNELS = 4;
export const MAX_CHANNELS = 32;
export const MAX_HIDDEN = 4096;

/** All that two rules must share to be the same rule with other weights. */
export interface RuleSpec {
  readonly perception: Perception;
  /** Radians by which the gradients of the perception are rotated. */
  readonly angle: number;
  /** C: RGB, alpha and hidden channels of a cell. */
  readonly channels: number;
  /** D: units of the hidden layer. */
  readonly hidden: number;
  /** The probability that a cell updates in a CA step. */
  readonly fireRate: number;
  readonly aliveMask: AliveMask;
  /** RGB premultiplied by alpha (Distill), or straight (the PyTorch original). */
  readonly premultiplied: boolean;
}

/** Names of the parameters, in the order in which they lie in memory. */
export const PARAMETERS = ["w1", "b1", "w2", "b2"] as const;
export type ParameterName = (typeof PARAMETERS)[number];
/** w1 [P, D], b1 [D], w2 [D, C], b2 [C], row by row. */
export type Parameters = Record<ParameterName, Float32Array>;

/** A rule: h = relu(perception W1 + b1), dx = h W2 + b2. */
export interface Rule {
  readonly spec: RuleSpec;
  readonly parameters: Parameters;
}

export interface RuleOptions extends Partial<RuleSpec> {
  /** Starts the random weights; a 32-bit integer. */
  rngSeed?: number;
}

/** P: the length of what a cell senses. */
export function featuresOf(spec: RuleSpec): number {
  return filtersOf(spec.perception).length * spec.channels;
}

/** Shapes of the parameters. */
export function shapesOf(spec: RuleSpec): Record<ParameterName, number[]> {
  const features = featuresOf(spec);
  return {
    w1: [features, spec.hidden],
    b1: [spec.hidden],
    w2: [spec.hidden, spec.channels],
    b2: [spec.channels],
  };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Parameters that are all zero: a gradient's start. */
export function zeroParameters(spec: RuleSpec): Parameters {
  const { w1, b1, w2, b2 } = shapesOf(spec);
  const zeros = (shape: readonly number[]) => new Float32Array(sizeOf(shape));
  return { w1: zeros(w1), b1: zeros(b1), w2: zeros(w2), b2: zeros(b2) };
}

/** How many numbers the rule learns. */
export function parameterCount(spec: RuleSpec): number {
  return Object.values(shapesOf(spec)).reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/** Throws InvalidInputError unless the value is an integer in the range. */
export function checkInteger(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new InvalidInputError(`${name} is ${value}; expected an integer from ${low} to ${high}.`);
}

/** A seed for randomness: throws unless it is an integer of 32 bits. */
export function checkRngSeed(rngSeed: number): void {
  checkInteger("rngSeed", rngSeed, 0, 2 ** 32 - 1);
}

/** Throws InvalidInputError unless the specification makes sense. */
export function checkSpec(spec: RuleSpec): void {
  filtersOf(spec.perception);
  checkInteger("channels", spec.channels, MIN_CHANNELS, MAX_CHANNELS);
  checkInteger("hidden", spec.hidden, 1, MAX_HIDDEN);
  if (!ALIVE_MASKS.includes(spec.aliveMask)) {
    throw new InvalidInputError(
      `Unknown aliveMask "${spec.aliveMask}"; use one of ${ALIVE_MASKS.join(", ")}.`,
    );
  }
  if (!(spec.fireRate >= 0 && spec.fireRate <= 1)) {
    throw new InvalidInputError(`fireRate is ${spec.fireRate}; expected a probability from 0 to 1.`);
  }
  if (typeof spec.premultiplied !== "boolean") {
    throw new InvalidInputError(`premultiplied is ${spec.premultiplied}; expected true or false.`);
  }
  if (!Number.isFinite(spec.angle)) {
    throw new InvalidInputError(`angle is ${spec.angle}; expected radians.`);
  }
}

/** Throws unless every parameter has the length that the specification says. */
export function checkParameters(spec: RuleSpec, parameters: Parameters): void {
  for (const [name, shape] of Object.entries(shapesOf(spec))) {
    const expected = sizeOf(shape);
    const got = parameters[name as ParameterName]?.length;
    if (got !== expected) {
      throw new InvalidInputError(
        `${name} holds ${got ?? "no"} numbers; this rule needs [${shape}], ${expected}.`,
      );
    }
  }
}

/**
 * Throws InvalidInputError for a weight that is not finite: cells that become NaN are not alive, so the rule would
 * quietly grow nothing.
 */
export function checkFinite(parameters: Parameters): void {
  for (const name of PARAMETERS) {
    const numbers = parameters[name];
    const bad = numbers.findIndex((weight) => !Number.isFinite(weight));
    if (bad >= 0) {
      throw new InvalidInputError(
        `${name} has ${numbers[bad]} at ${bad} of ${numbers.length}; expected finite numbers.`,
      );
    }
  }
}

/** Throws InvalidInputError unless the rule is one that a file may hold: its specification, lengths and weights. */
export function checkRule({ spec, parameters }: Rule): void {
  checkSpec(spec);
  checkParameters(spec, parameters);
  checkFinite(parameters);
}

/** Overwrites the weights `to` by those of another rule of the same specification. */
export function copyParameters(from: Parameters, to: Parameters): void {
  for (const name of PARAMETERS) to[name].set(from[name]);
}

/** Eight hexadecimal digits that stand for a rule: its specification and its weights' bits. */
export function fingerprint({ spec, parameters }: Rule): string {
  let hash = 0;
  for (const [name, value] of Object.entries(spec).sort()) hash = hashOf(`${name} ${value}`, hash);
  for (const name of PARAMETERS) hash = hashOf(parameters[name], hash);
  return hash.toString(16).padStart(8, "0");
}

/** Distill's rule unless told otherwise. */
export const DEFAULT_SPEC: RuleSpec = {
  perception: "sobel",
  angle: 0,
  channels: 16,
  hidden: 128,
  fireRate: 0.5,
  aliveMask: "pre-and-post",
  premultiplied: true,
};

/**
 * A new rule. W1 is drawn Glorot-uniform, W2 and both biases start at zero: an untrained rule changes nothing.
 * Throws InvalidInputError when an option is out of range.
 */
export function createRule({ rngSeed = 0, ...options }: RuleOptions = {}): Rule {
  const spec: RuleSpec = { ...DEFAULT_SPEC, ...options };
  checkSpec(spec);
  checkRngSeed(rngSeed);
  const { hidden } = spec;
  const features = featuresOf(spec);
  const limit = Math.sqrt(6 / (features + hidden));
  const random = new Random(combine(rngSeed, WEIGHTS_STREAM));
  const parameters = {
    ...zeroParameters(spec),
    w1: Float32Array.from({ length: features * hidden }, () => random.uniform(-limit, limit)),
  };
  return { spec, parameters };
}

/** Keeps the draw of the weights apart from every other use of the same rngSeed. */
const WEIGHTS_STREAM = 1;

/** The same rule with copies of its weights. */
export function cloneRule(rule: Rule): Rule {
  const { w1, b1, w2, b2 } = rule.parameters;
  return { spec: rule.spec, parameters: { w1: w1.slice(), b1: b1.slice(), w2: w2.slice(), b2: b2.slice() } };
}
