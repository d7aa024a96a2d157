// The numbers of Adam (Kingma & Ba 2015), wherever it is computed.

import { power } from "../cells/math.js";

export const BETA1 = 0.9;
export const BETA2 = 0.999;
/** Added, as in Keras, to the square root before its bias correction. */
export const EPSILON = 1e-7;
/** Keeps the normalisation of a zero gradient finite. Source: Mordvintsev et al. 2020. */
export const NORM_EPSILON = 1e-8;

/** The learning rate of an update, with the bias of both running means corrected; `updates` counts this one. */
export function correctedRate(learningRate: number, updates: number): number {
  return (learningRate * Math.sqrt(1 - power(BETA2, updates))) / (1 - power(BETA1, updates));
}
