// What a file of weights does not say about its rule, and the rule that they make once it is said. The weights are
// put into our order of features, with scales and signs folded in, so that engines know nothing of where they are from.
import { checkOneOf, InvalidInputError } from "../../cells/errors.js";
import { givenIn } from "../../cells/given.js";
import type { Perception } from "../../rule/filters.js";
import type { Rule } from "../../rule/rule.js";
import {
  ALIVE_MASKS,
  type AliveMask,
  BOUNDARIES,
  type Boundary,
  DEFAULT_SPEC,
  type RuleSpec,
} from "../../rule/spec.js";
import type { FoundModel } from "../layers/find.js";
import { reversed } from "../layers/reversed.js";
import type { LayerWeights } from "../layers/weights.js";

export const GRADIENTS = ["xy", "yx", "-x", "-y"] as const;
/**
 * Which way is up: the two gradients in the order in which the layers take them, to the right (x) and down (y);
 * yx swaps them, as where a grid lies transposed; -x and -y turn the sign of one.
 */
export type Gradients = (typeof GRADIENTS)[number];

export const FEATURE_ORDERS = ["filter-major", "channel-major"] as const;
/** Whether features lie filter by filter (Distill's demo) or channel by channel (grouped convolutions). */
export type FeatureOrder = (typeof FEATURE_ORDERS)[number];

/** A rule's meaning, besides its weights. */
export interface Reading {
  readonly gradients: Gradients;
  readonly features: FeatureOrder;
  /** By how much their Sobel filters are larger than ours, which are divided by 8: 1 or 8. */
  readonly sobelScale: number;
  /** By how much their Laplacian is larger than ours, which is divided by 4: 4 where it is whole, 0.25 by 16. */
  readonly laplacianScale: number;
  readonly boundary: Boundary;
  readonly aliveMask: AliveMask;
  readonly premultiplied: boolean;
  readonly fireRate: number;
}

/** What the caller knows of a rule: it decides, where a file does not say. */
export interface ReadOptions extends Partial<Reading> {
  /** Which of several models in the file: what the names of its tensors start with, such as ema. */
  readonly model?: string;
  /** Told what was found by growing or guessed; console.warn if not given. */
  readonly say?: (text: string) => void;
}

/** Throws InvalidInputError for an option out of range. */
export function checkReadOptions({ gradients, features, ...rest }: ReadOptions): void {
  const { sobelScale, laplacianScale, boundary, aliveMask, fireRate } = rest;
  if (gradients !== undefined) checkOneOf("gradients", gradients, GRADIENTS);
  if (features !== undefined) checkOneOf("features", features, FEATURE_ORDERS);
  if (boundary !== undefined) checkOneOf("boundary", boundary, BOUNDARIES);
  if (aliveMask !== undefined) checkOneOf("aliveMask", aliveMask, ALIVE_MASKS);
  checkScale("sobelScale", sobelScale, "1 for Sobel filters divided by 8, 8 for whole ones");
  checkScale(
    "laplacianScale",
    laplacianScale,
    "1 for a Laplacian divided by 4, 4 for a whole one, 0.25 by 16",
  );
  if (fireRate !== undefined && !(fireRate >= 0 && fireRate <= 1)) {
    throw new InvalidInputError(`fireRate is ${fireRate}; expected a probability from 0 to 1.`);
  }
}

function checkScale(name: string, scale: number | undefined, examples: string): void {
  if (scale === undefined || (scale > 0 && Number.isFinite(scale))) return;
  throw new InvalidInputError(`${name} is ${scale}; expected a number above 0, ${examples}.`);
}

/** What of a reading the caller gives. */
export function givenOf(options: ReadOptions): Partial<Reading> {
  const { model: _model, say: _say, ...reading } = options;
  return givenIn(reading);
}

/** Throws InvalidInputError for an option that would change nothing; `why` says why, `but` lists those that do. */
export function refuseGiven(options: ReadOptions, why: string, but: readonly (keyof Reading)[] = []): void {
  const idle = Object.keys(givenOf(options)).find((name) => !but.includes(name as keyof Reading));
  if (idle !== undefined) throw new InvalidInputError(`${idle} has no effect: ${why}. Leave it out.`);
}

/** Distill's own. */
export const DISTILLS: Reading = {
  gradients: "xy",
  features: "filter-major",
  sobelScale: 1,
  laplacianScale: 1,
  boundary: DEFAULT_SPEC.boundary,
  aliveMask: DEFAULT_SPEC.aliveMask,
  premultiplied: DEFAULT_SPEC.premultiplied,
  fireRate: DEFAULT_SPEC.fireRate,
};

const PERCEPTION_OF: Record<number, Perception> = { 3: "sobel", 4: "laplacian", 9: "neighbourhood" };

/** The specification that a reading gives the layers. */
function specOf({ channels, hidden, filters }: FoundModel, reading: Reading): RuleSpec {
  const { boundary, aliveMask, premultiplied, fireRate } = reading;
  const perception = PERCEPTION_OF[filters];
  return { ...DEFAULT_SPEC, perception, channels, hidden, boundary, aliveMask, premultiplied, fireRate };
}

/** Where each of our filters is found among theirs, and its factor. */
function sourcesOf({ gradients, sobelScale, laplacianScale }: Reading): [number, number][] {
  const [x, y] = gradients === "yx" ? [2, 1] : [1, 2];
  return [
    [0, 1],
    [x, gradients === "-x" ? -sobelScale : sobelScale],
    [y, gradients === "-y" ? -sobelScale : sobelScale],
    [3, laplacianScale],
  ];
}

/** The rule of these weights under a reading: w1 [P, D] in our order, w2 [D, C]. */
export function ruleOf(model: FoundModel, weights: LayerWeights, reading: Reading): Rule {
  const { channels, hidden, filters } = model;
  const features = filters * channels;
  // a convolution's weights lie channel by channel, and its places are our filters as they are
  const isLearned = filters === 9;
  const sources = isLearned ? Array.from({ length: 9 }, (_, i) => [i, 1]) : sourcesOf(reading);
  const channelMajor = isLearned || reading.features === "channel-major";
  const w1 = new Float32Array(features * hidden);
  for (let filter = 0; filter < filters; filter++) {
    const [from, factor] = sources[filter];
    for (let c = 0; c < channels; c++) {
      const feature = channelMajor ? c * filters + from : from * channels + c;
      const row = (filter * channels + c) * hidden;
      for (let d = 0; d < hidden; d++) w1[row + d] = weights.w1[d * features + feature] * factor;
    }
  }
  const w2 = reversed(weights.w2, channels, hidden, 1);
  return {
    spec: specOf(model, reading),
    parameters: { w1, b1: weights.b1.slice(), w2, b2: weights.b2.slice() },
  };
}
