// A rule: a specification and the weights of its two dense layers.

import { checkKnown, checkRngSeed, InvalidInputError } from "../cells/errors.js";
import { combine, hashOf, hex, Random } from "../cells/random.js";
import { FILTER_COUNTS } from "./filters.js";
import type { SeededGrid } from "./seeds.js";
import { checkSpec, DEFAULT_SPEC, type RuleSpec, specEntries } from "./spec.js";

/** Names of the parameters, in the order in which they lie in memory. */
export const PARAMETERS = ["w1", "b1", "w2", "b2"] as const;
export type ParameterName = (typeof PARAMETERS)[number];
/** w1 [P, D], b1 [D], w2 [D, C], b2 [C], row by row. */
export type Parameters = Record<ParameterName, Float32Array>;

/** A rule: h = relu(perception W1 + b1), dx = h W2 + b2. */
export interface Rule {
  readonly spec: RuleSpec;
  readonly parameters: Parameters;
  /** The grid and the seeds that it was last trained to grow from; none for a rule that was not, or does not say. */
  grid?: SeededGrid;
}

export interface RuleOptions extends Partial<RuleSpec> {
  /** Seeds the random weights; a 32-bit integer. */
  rngSeed?: number;
}

/** P: the length of a cell's perception. */
export function featuresOf(spec: RuleSpec): number {
  return FILTER_COUNTS[spec.perception] * spec.channels;
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

/** Copies of the parameters. */
export function cloneParameters({ w1, b1, w2, b2 }: Parameters): Parameters {
  return { w1: w1.slice(), b1: b1.slice(), w2: w2.slice(), b2: b2.slice() };
}

/** Overwrites the weights `to` with those of another rule of the same specification. */
export function copyParameters(from: Parameters, to: Parameters): void {
  for (const name of PARAMETERS) to[name].set(from[name]);
}

/** Eight hexadecimal digits that stand for a rule: its specification and its weights' bits. */
export function fingerprint({ spec, parameters }: Rule): string {
  let hash = 0;
  for (const [name, value] of specEntries(spec)) hash = hashOf(`${name} ${value}`, hash);
  for (const name of PARAMETERS) hash = hashOf(parameters[name], hash);
  return hex(hash);
}

/**
 * A new rule. W1 is drawn Glorot-uniform, W2 and both biases start at zero: an untrained rule changes nothing.
 * Throws InvalidInputError when an option is out of range.
 */
export function createRule({ rngSeed = 0, ...options }: RuleOptions = {}): Rule {
  checkKnown("createRule", options, Object.keys(DEFAULT_SPEC));
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
  return { ...rule, parameters: cloneParameters(rule.parameters) };
}
