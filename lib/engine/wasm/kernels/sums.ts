// Reduces the sums of a rule's gradient when the backward pass of a rollout is over: [W1 per unit, b1, W2 per unit, b2]
// with four lanes per number become the plain order, with the lanes added up.

import * as L from "../layout";
import { job } from "./job";

/** The four lanes of a sum, added in pairs: (0 + 1) + (2 + 3). */
@inline
function lanesSum(address: usize): f32 {
  return load<f32>(address) + load<f32>(address, 4) + (load<f32>(address, 8) + load<f32>(address, 12));
}

/** out[row * rowStride + column * columnStride] = sums[row][column], which has 4 lanes. */
function reduce(sums: usize, rows: i32, columns: i32, out: usize, rowStride: i32, columnStride: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      store<f32>(out + (<usize>(row * rowStride + column * columnStride) << 2), lanesSum(sums));
      sums += 16;
    }
  }
}

/** Reduces one gradient into out[W1, b1, W2, b2], W1 [features][hidden] and W2 [hidden][channels]. */
export function reduceSums(sums: usize, out: usize): void {
  const channels = job(L.CHANNELS);
  const hidden = job(L.HIDDEN);
  const features = channels * job(L.FILTERS);
  reduce(sums, hidden, features, out, 1, hidden);
  sums += <usize>(features * hidden) << 4;
  out += <usize>(features * hidden) << 2;
  reduce(sums, 1, hidden, out, hidden, 1);
  sums += <usize>hidden << 4;
  out += <usize>hidden << 2;
  reduce(sums, hidden, channels, out, channels, 1);
  sums += <usize>(hidden * channels) << 4;
  out += <usize>(hidden * channels) << 2;
  reduce(sums, 1, channels, out, channels, 1);
}
