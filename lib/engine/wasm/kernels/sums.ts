// Reduces the sums of a rule's gradient when the backward pass of a rollout is over. They are [W1, b1, W2, b2] in the
// blocks of dense.ts, with four lanes per number. They are put into the plain order with their lanes added up, and the
// shares of a batch of one are added up in their order.

import * as L from "../layout";
import { job } from "./job";

/** The four lanes of a sum, added in pairs: (0 + 1) + (2 + 3). */
@inline
function lanesSum(address: usize): f32 {
  return load<f32>(address) + load<f32>(address, 4) + (load<f32>(address, 8) + load<f32>(address, 12));
}

/** Adds up the lanes of sums[m / 4][n / 2][4][2] into out[m][n]; shares after the first are added to what is there. */
function reduceWeights(sums: usize, m: i32, n: i32, out: usize, first: bool): void {
  for (let row = 0; row < m; row += 4) {
    for (let column = 0; column < n; column += 2) {
      for (let i = 0; i < 8; i++) {
        const to = out + (<usize>((row + (i >> 1)) * n + column + (i & 1)) << 2);
        store<f32>(to, first ? lanesSum(sums) : load<f32>(to) + lanesSum(sums));
        sums += 16;
      }
    }
  }
}

function reduceBias(sums: usize, units: i32, out: usize, first: bool): void {
  for (let i: usize = 0; i < <usize>units; i++) {
    const sum = lanesSum(sums + (i << 4));
    store<f32>(out + (i << 2), first ? sum : load<f32>(out + (i << 2)) + sum);
  }
}

/** Reduces one weight gradient, or a share of it, into out[W1, b1, W2, b2]. */
export function reduceSums(sums: usize, out: usize, first: bool): void {
  const channels = job(L.CHANNELS);
  const hidden = job(L.HIDDEN);
  const features = channels * job(L.FILTERS);
  reduceWeights(sums, features, hidden, out, first);
  sums += <usize>(features * hidden) << 4;
  out += <usize>(features * hidden) << 2;
  reduceBias(sums, hidden, out, first);
  sums += <usize>hidden << 4;
  out += <usize>hidden << 2;
  reduceWeights(sums, hidden, channels, out, first);
  sums += <usize>(hidden * channels) << 4;
  out += <usize>(hidden * channels) << 2;
  reduceBias(sums, channels, out, first);
}
