// A dense layer of one cell.

import type { Numbers } from "./grid.js";

/**
 * out = in W + b, summed from the bias on, one input after the other.
 *
 * @param weights [I, O] row by row
 * @param out [O], overwritten; `products` is scratch of as many numbers
 */
export function dense(
  input: Numbers,
  weights: Numbers,
  bias: Numbers,
  out: Numbers,
  products: Numbers,
): void {
  const units = bias.length;
  out.set(bias);
  for (let i = 0; i < input.length; i++) {
    for (let unit = 0; unit < units; unit++) {
      products[unit] = input[i] * weights[i * units + unit];
      out[unit] += products[unit];
    }
  }
}

/**
 * dIn = dOut W^T
 *
 * @param dInput [I], overwritten
 */
export function denseBackward(dOut: Float64Array, weights: Numbers, dInput: Float64Array): void {
  const units = dOut.length;
  for (let i = 0; i < dInput.length; i++) {
    let sum = 0;
    for (let unit = 0; unit < units; unit++) sum += dOut[unit] * weights[i * units + unit];
    dInput[i] = sum;
  }
}

/** dW += in^T dOut, db += dOut */
export function denseGradient(
  input: Numbers,
  dOut: Float64Array,
  dWeights: Float64Array,
  dBias: Float64Array,
): void {
  const units = dOut.length;
  for (let unit = 0; unit < units; unit++) dBias[unit] += dOut[unit];
  for (let i = 0; i < input.length; i++) {
    for (let unit = 0; unit < units; unit++) dWeights[i * units + unit] += input[i] * dOut[unit];
  }
}
