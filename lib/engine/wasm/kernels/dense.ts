// Dense layers over tiles of 8 cells, and the gradient of their weights.
//
// A tile holds [features][8] floats: lanes are cells, so a layer is a sum of (8 inputs) x (1 weight) products.
// Weights come packed [units / 4][features][4]. 8 accumulators of 4 lanes, one feature per loop iteration and constant
// offsets from moving pointers are what V8 keeps in registers. Sums run over features in order, bias first.
//
// In Node 20, V8 issues all loads of a basic block before the first product. A branch that is never taken splits the
// block in two, so that each product follows its loads: 6 % faster there, no slower on Node 24.

import { madd } from "./madd";

const PLAIN = 0;
const RELU = 1;
const GATED = 2;

/** An address at which nothing lies. */
const NOWHERE: usize = 1;

/**
 * out[unit][8] = bias[unit] + sum over features of input[feature][8] * weight[unit / 4][feature][unit % 4]
 *
 * PLAIN: as it is. RELU: max(0, out). GATED: no bias, and zero where gate[unit][8] is not above zero (the gradient
 * of RELU). Without a bias (0) sums start at zero.
 */
@inline
function layer(
  input: usize, weight: usize, bias: usize, gate: usize, out: usize, features: i32, units: i32, mode: i32,
): void {
  const zero = f32x4.splat(0);
  for (let unit = 0; unit < units; unit += 4) {
    let a00 = zero, a01 = zero, a10 = zero, a11 = zero, a20 = zero, a21 = zero, a30 = zero, a31 = zero;
    if (bias != 0) {
      a00 = v128.load32_splat(bias);
      a01 = a00;
      a10 = v128.load32_splat(bias, 4);
      a11 = a10;
      a20 = v128.load32_splat(bias, 8);
      a21 = a20;
      a30 = v128.load32_splat(bias, 12);
      a31 = a30;
      bias += 16;
    }
    let x = input;
    const end = input + (<usize>features << 5);
    while (x < end) {
      const x0 = v128.load(x);
      const x1 = v128.load(x, 16);
      const w0 = v128.load32_splat(weight);
      a00 = madd(a00, x0, w0);
      a01 = madd(a01, x1, w0);
      const w1 = v128.load32_splat(weight, 4);
      a10 = madd(a10, x0, w1);
      a11 = madd(a11, x1, w1);
      if (x == NOWHERE) break; // never
      const w2 = v128.load32_splat(weight, 8);
      a20 = madd(a20, x0, w2);
      a21 = madd(a21, x1, w2);
      const w3 = v128.load32_splat(weight, 12);
      a30 = madd(a30, x0, w3);
      a31 = madd(a31, x1, w3);
      x += 32;
      weight += 16;
    }
    if (mode == RELU) {
      a00 = f32x4.pmax(a00, zero);
      a01 = f32x4.pmax(a01, zero);
      a10 = f32x4.pmax(a10, zero);
      a11 = f32x4.pmax(a11, zero);
      a20 = f32x4.pmax(a20, zero);
      a21 = f32x4.pmax(a21, zero);
      a30 = f32x4.pmax(a30, zero);
      a31 = f32x4.pmax(a31, zero);
    }
    if (mode == GATED) {
      a00 = v128.and(a00, f32x4.gt(v128.load(gate), zero));
      a01 = v128.and(a01, f32x4.gt(v128.load(gate, 16), zero));
      a10 = v128.and(a10, f32x4.gt(v128.load(gate, 32), zero));
      a11 = v128.and(a11, f32x4.gt(v128.load(gate, 48), zero));
      a20 = v128.and(a20, f32x4.gt(v128.load(gate, 64), zero));
      a21 = v128.and(a21, f32x4.gt(v128.load(gate, 80), zero));
      a30 = v128.and(a30, f32x4.gt(v128.load(gate, 96), zero));
      a31 = v128.and(a31, f32x4.gt(v128.load(gate, 112), zero));
      gate += 128;
    }
    v128.store(out, a00);
    v128.store(out, a01, 16);
    v128.store(out, a10, 32);
    v128.store(out, a11, 48);
    v128.store(out, a20, 64);
    v128.store(out, a21, 80);
    v128.store(out, a30, 96);
    v128.store(out, a31, 112);
    out += 128;
  }
}

/** h = relu(y W1 + b1) */
export function hiddenForward(y: usize, w1: usize, b1: usize, h: usize, features: i32, hidden: i32): void {
  layer(y, w1, b1, 0, h, features, hidden, RELU);
}

/** dh = (dx W2') where h > 0; w2 packed [hidden / 4][channels][4] */
export function hiddenBackward(dx: usize, w2: usize, h: usize, dh: usize, channels: i32, hidden: i32): void {
  layer(dx, w2, 0, h, dh, channels, hidden, GATED);
}

/** dx = h W2 + b2 */
export function updateForward(h: usize, w2: usize, b2: usize, dx: usize, hidden: i32, channels: i32): void {
  layer(h, w2, b2, 0, dx, hidden, channels, PLAIN);
}

/** dy = dh W1'; w1 packed [features / 4][hidden][4] */
export function perceptionBackward(dh: usize, w1: usize, dy: usize, hidden: i32, features: i32): void {
  layer(dh, w1, 0, 0, dy, hidden, features, PLAIN);
}

/**
 * The gradient of a weight: sums[m / 4][n / 2][m % 4][n % 2][4 lanes] += a[m] * b[n], over all cells of the tiles.
 * Lanes are summed once, when the rollout is over.
 */
export function weightBackward(
  a: usize, aStride: usize, m: i32, b: usize, bStride: usize, n: i32, tiles: i32, sums: usize,
): void {
  for (let row = 0; row < m; row += 4) {
    for (let column = 0; column < n; column += 2) {
      let s00 = v128.load(sums);
      let s01 = v128.load(sums, 16);
      let s10 = v128.load(sums, 32);
      let s11 = v128.load(sums, 48);
      let s20 = v128.load(sums, 64);
      let s21 = v128.load(sums, 80);
      let s30 = v128.load(sums, 96);
      let s31 = v128.load(sums, 112);
      for (let half: usize = 0; half < 32; half += 16) {
        let p = a + (<usize>row << 5) + half;
        let q = b + (<usize>column << 5) + half;
        for (let tile = 0; tile < tiles; tile++) {
          const b0 = v128.load(q);
          const b1 = v128.load(q, 32);
          const a0 = v128.load(p);
          s00 = madd(s00, a0, b0);
          s01 = madd(s01, a0, b1);
          const a1 = v128.load(p, 32);
          s10 = madd(s10, a1, b0);
          s11 = madd(s11, a1, b1);
          if (q == NOWHERE) break; // never
          const a2 = v128.load(p, 64);
          s20 = madd(s20, a2, b0);
          s21 = madd(s21, a2, b1);
          const a3 = v128.load(p, 96);
          s30 = madd(s30, a3, b0);
          s31 = madd(s31, a3, b1);
          p += aStride;
          q += bStride;
        }
      }
      v128.store(sums, s00);
      v128.store(sums, s01, 16);
      v128.store(sums, s10, 32);
      v128.store(sums, s11, 48);
      v128.store(sums, s20, 64);
      v128.store(sums, s21, 80);
      v128.store(sums, s30, 96);
      v128.store(sums, s31, 112);
      sums += 128;
    }
  }
}

/** The gradient of a bias: sums[unit][4 lanes] += d[unit], over all cells of the tiles. */
export function biasBackward(d: usize, stride: usize, units: i32, tiles: i32, sums: usize): void {
  for (let unit = 0; unit < units; unit++) {
    let sum = v128.load(sums);
    let p = d + (<usize>unit << 5);
    for (let tile = 0; tile < tiles; tile++) {
      sum = f32x4.add(sum, f32x4.add(v128.load(p), v128.load(p, 16)));
      p += stride;
    }
    v128.store(sums, sum);
    sums += 16;
  }
}
