// What defines a rule besides its weights: what a cell perceives, which cells live, what lies beyond the edge.

import { ALPHA } from "../cells/cells.js";
import { checkInteger, checkOneOf, InvalidInputError } from "../cells/errors.js";
import { PERCEPTIONS, type Perception } from "./filters.js";

export const ALIVE_MASKS = ["pre-and-post", "pre", "none"] as const;
/**
 * When the alive mask is taken: before the update and after it (Distill), before it (the PyTorch original), or never:
 * then every cell lives.
 */
export type AliveMask = (typeof ALIVE_MASKS)[number];

export const ALIVE_REACHES = ["neighbourhood", "cell"] as const;
/** Where a value above the threshold makes a cell alive: anywhere in its 3x3 neighbourhood, or in the cell itself. */
export type AliveReach = (typeof ALIVE_REACHES)[number];

export const BOUNDARIES = ["zero", "torus"] as const;
/** What a cell at the edge perceives beyond it: zeros, or the cells of the opposite edge. */
export type Boundary = (typeof BOUNDARIES)[number];

/** Alpha above this makes a cell mature, and its neighbourhood alive. Source: Mordvintsev et al. 2020. */
export const ALIVE_THRESHOLD = 0.1;
export const MIN_CHANNELS = 4;
export const MAX_CHANNELS = 32;
export const MAX_HIDDEN = 4096;
/** Radians: beyond this, a turn is no longer exact. */
const MOST_ANGLE = 1000;

/** Everything that two rules must share to differ in their weights alone. */
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
  readonly boundary: Boundary;
  /** Channels that are inputs: cells perceive them, and neither update nor death changes them. Ascending. */
  readonly inputs: readonly number[];
  /** A cell is mature when this channel is above the threshold. If it is an input, the input says which cells live. */
  readonly aliveChannel: number;
  readonly aliveThreshold: number;
  readonly aliveReach: AliveReach;
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
  boundary: "zero",
  inputs: [],
  aliveChannel: ALPHA,
  aliveThreshold: ALIVE_THRESHOLD,
  aliveReach: "neighbourhood",
};

/** Fields that came later: a rule in which they have their usual values has the fingerprint that it had before. */
const LATER = ["boundary", "inputs", "aliveChannel", "aliveThreshold", "aliveReach"] as const;

/** A field's value as text: equal texts are equal values. */
function textOf(value: RuleSpec[keyof RuleSpec]): string {
  return typeof value === "object" ? JSON.stringify(value) : `${value}`;
}

/** The first field in which two specifications differ, and both values; undefined where they are the same. */
export function specDifference(
  one: RuleSpec,
  other: RuleSpec,
): { readonly name: keyof RuleSpec; readonly values: readonly [string, string] } | undefined {
  for (const name of Object.keys(DEFAULT_SPEC) as (keyof RuleSpec)[]) {
    const values = [textOf(one[name]), textOf(other[name])] as const;
    if (values[0] !== values[1]) return { name, values };
  }
  return undefined;
}

/**
 * The fields as files hold them: those that came later only where they do not have their usual values, so that a usual
 * rule's file stays the same bytes, and older versions can read it.
 */
export function specData(spec: RuleSpec): Partial<RuleSpec> {
  const isUsual = (name: string) =>
    LATER.some((later) => later === name && textOf(spec[later]) === textOf(DEFAULT_SPEC[later]));
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !isUsual(name)));
}

/** The same as sorted [name, text] pairs. */
export function specEntries(spec: RuleSpec): [string, string][] {
  return Object.entries(specData(spec))
    .map(([name, value]): [string, string] => [name, textOf(value)])
    .sort();
}

/** Whether a cell's value in the alive channel makes it mature, by the threshold as float32, as engines compare it. */
export function isMature({ aliveThreshold }: RuleSpec, value: number): boolean {
  return value > Math.fround(aliveThreshold);
}

/** Specifications that were found to make sense: their fields are readonly, so each is checked only once. */
const checked = new WeakSet<RuleSpec>();

/** Throws InvalidInputError unless the specification makes sense. */
export function checkSpec(spec: RuleSpec): void {
  if (checked.has(spec)) return;
  checkOneOf("perception", spec.perception, PERCEPTIONS);
  checkInteger("channels", spec.channels, MIN_CHANNELS, MAX_CHANNELS);
  checkInteger("hidden", spec.hidden, 1, MAX_HIDDEN);
  checkOneOf("aliveMask", spec.aliveMask, ALIVE_MASKS);
  checkOneOf("aliveReach", spec.aliveReach, ALIVE_REACHES);
  checkOneOf("boundary", spec.boundary, BOUNDARIES);
  checkInteger("aliveChannel", spec.aliveChannel, 0, spec.channels - 1);
  if (!Number.isFinite(spec.aliveThreshold)) {
    throw new InvalidInputError(`aliveThreshold is ${spec.aliveThreshold}; expected a number, such as 0.1.`);
  }
  if (!(spec.fireRate >= 0 && spec.fireRate <= 1)) {
    throw new InvalidInputError(`fireRate is ${spec.fireRate}; expected a probability from 0 to 1.`);
  }
  if (typeof spec.premultiplied !== "boolean") {
    throw new InvalidInputError(`premultiplied is ${spec.premultiplied}; expected true or false.`);
  }
  if (!(Math.abs(spec.angle) <= MOST_ANGLE)) {
    throw new InvalidInputError(
      `angle is ${spec.angle}; expected radians, from ${-MOST_ANGLE} to ${MOST_ANGLE}.`,
    );
  }
  checkInputs(spec);
  checked.add(spec);
}

function checkInputs({ inputs, channels }: RuleSpec): void {
  const ascends = Array.isArray(inputs) && inputs.every((channel, i) => i === 0 || channel > inputs[i - 1]);
  if (!ascends) {
    throw new InvalidInputError(
      `inputs is ${JSON.stringify(inputs)}; expected channels in ascending order, such as [0].`,
    );
  }
  for (const channel of inputs) checkInteger("An input channel", channel, 0, channels - 1);
  if (inputs.length === channels) {
    throw new InvalidInputError(`All ${channels} channels are inputs; expected one at least that is not.`);
  }
}
