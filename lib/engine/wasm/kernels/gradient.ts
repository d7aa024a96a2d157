// The gradients of weights and biases: sums over the cells of a span of tiles, of every hidden unit over those halves of
// tiles alone in which it is live. A sum is taken in order, tile after tile and span after span, and the threads that take
// the spans of a unit wait for each other: who sums it does not matter. Four lanes are kept, [W1 per unit, b1, W2 per unit, b2], and added up when the rollout is over: sums.ts.

import * as L from "../layout";
import { field, job } from "./job";
import { madd, NOWHERE } from "./madd";
import { halvesOf, liveHalves, masksFrom } from "./span";
import { halfBytes, tileBytes } from "./tile";

/** Rows that are taken before the next unit is: what they need stays in the first-level cache. */
const PASS = 16;

/** sums[8 rows][4 lanes] += a[half][8 rows][4] * b[half][4] over the halves of the mask, `stride` bytes apart in a. */
function accumulate8(a: usize, stride: usize, b: usize, mask: u64, sums: usize): void {
  let s0 = v128.load(sums), s1 = v128.load(sums, 16), s2 = v128.load(sums, 32), s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64), s5 = v128.load(sums, 80), s6 = v128.load(sums, 96), s7 = v128.load(sums, 112);
  for (; mask != 0; mask &= mask - 1) {
    const half = <usize>ctz(mask);
    const p = a + half * stride;
    const cells = v128.load(b + (half << 4));
    s0 = madd(s0, v128.load(p), cells);
    s1 = madd(s1, v128.load(p, 16), cells);
    s2 = madd(s2, v128.load(p, 32), cells);
    s3 = madd(s3, v128.load(p, 48), cells);
    if (p == NOWHERE) break; // never: see dense.ts
    s4 = madd(s4, v128.load(p, 64), cells);
    s5 = madd(s5, v128.load(p, 80), cells);
    s6 = madd(s6, v128.load(p, 96), cells);
    s7 = madd(s7, v128.load(p, 112), cells);
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
}

/** The same of 4 rows. */
function accumulate4(a: usize, stride: usize, b: usize, mask: u64, sums: usize): void {
  let s0 = v128.load(sums), s1 = v128.load(sums, 16), s2 = v128.load(sums, 32), s3 = v128.load(sums, 48);
  for (; mask != 0; mask &= mask - 1) {
    const half = <usize>ctz(mask);
    const p = a + half * stride;
    const cells = v128.load(b + (half << 4));
    s0 = madd(s0, v128.load(p), cells);
    s1 = madd(s1, v128.load(p, 16), cells);
    s2 = madd(s2, v128.load(p, 32), cells);
    s3 = madd(s3, v128.load(p, 48), cells);
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}

/**
 * The outer product of tiles of m rows and hidden units, summed: sums[unit][m][4 lanes] += a[half][m][4] *
 * b[unit][half][4], of the units `from` to `to` and the group of a leader's span that starts at this tile.
 */
function outer(leader: usize, firstTile: i32, a: usize, m: i32, b: usize, from: i32, to: i32, sums: usize): void {
  const unitStride = <usize>job(L.UNIT_BYTES);
  const stride = halfBytes(m);
  const masks = masksFrom(leader, firstTile);
  const bytes = <usize>job(L.MASK_BYTES);
  const halves = halvesOf(leader, firstTile);
  for (let first = 0; first < m; first += PASS) {
    const last = min(first + PASS, m);
    for (let unit = <usize>from; unit < <usize>to; unit++) {
      const mask = liveHalves(masks, bytes, unit, halves);
      const cells = b + unit * unitStride;
      for (let row = first; row < last; row += 8) {
        const rows = a + (<usize>row << 4);
        const at = sums + ((unit * <usize>m + <usize>row) << 4);
        if (last - row >= 8) accumulate8(rows, stride, cells, mask, at);
        else accumulate4(rows, stride, cells, mask, at);
      }
    }
  }
}

/** db1 += dh: sums[unit][4 lanes] += dh[unit][half][4] */
function hiddenBiases(leader: usize, firstTile: i32, dh: usize, from: i32, to: i32, sums: usize): void {
  const unitStride = <usize>job(L.UNIT_BYTES);
  const masks = masksFrom(leader, firstTile);
  const bytes = <usize>job(L.MASK_BYTES);
  const halves = halvesOf(leader, firstTile);
  for (let unit = <usize>from; unit < <usize>to; unit++) {
    let sum = v128.load(sums + (unit << 4));
    for (let mask = liveHalves(masks, bytes, unit, halves); mask != 0; mask &= mask - 1) {
      sum = f32x4.add(sum, v128.load(dh + unit * unitStride + (<usize>ctz(mask) << 4)));
    }
    v128.store(sums + (unit << 4), sum);
  }
}

/** Adds to the gradients of the weights and biases of hidden units `from` to `to`, over a leader's span. */
export function unitGradients(leader: usize, from: i32, to: i32): void {
  const channels = job(L.CHANNELS);
  const hidden = <usize>job(L.HIDDEN);
  const features = channels * job(L.FILTERS);
  const tiles = <i32>field(leader, L.SHARE_TILES);
  const sumsW1 = field(leader, L.SUMS);
  const sumsB1 = sumsW1 + ((<usize>features * hidden) << 4);
  const sumsW2 = sumsB1 + (hidden << 4);
  for (let firstTile = 0; firstTile < tiles; firstTile += L.GROUP) {
    const y = field(leader, L.PERCEPTION) + <usize>firstTile * tileBytes(features);
    const dx = field(leader, L.UPDATES) + (field(leader, L.SHARE_FIRST) + <usize>firstTile) * tileBytes(channels);
    const h = field(leader, L.H_UNITS) + (<usize>firstTile << 5);
    const dh = field(leader, L.D_UNITS) + (<usize>firstTile << 5);
    outer(leader, firstTile, dx, channels, h, from, to, sumsW2); // dW2 += h (x) dx
    hiddenBiases(leader, firstTile, dh, from, to, sumsB1);
    outer(leader, firstTile, y, features, dh, from, to, sumsW1); // dW1 += y (x) dh
  }
}

/** db2 += dx, over a leader's span: sums[channel][4 lanes] += dx[half][channel][4] */
export function updateBiases(leader: usize): void {
  const channels = job(L.CHANNELS);
  const bytes = <usize>channels << 4;
  const sums = field(leader, L.SUMS) + <usize>job(L.SUMS_BYTES) - bytes;
  const tiles = field(leader, L.SHARE_TILES);
  let dx = field(leader, L.UPDATES) + field(leader, L.SHARE_FIRST) * tileBytes(channels);
  for (let half: usize = 0; half < 2 * tiles; half++) {
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(sums + at, f32x4.add(v128.load(sums + at), v128.load(dx + at)));
    }
    dx += halfBytes(channels);
  }
}
