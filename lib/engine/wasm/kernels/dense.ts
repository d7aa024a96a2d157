// Dense layers over tiles of 8 cells: only what live hidden units (see tile.ts) take part in.
//
// Lanes are cells, so a layer is a sum of (two vectors of inputs) x (one weight) products.
// Weights come packed [units / 4][features][4]. 8 accumulators of 4 lanes, one feature per loop iteration and constant
// offsets from moving pointers are what V8 keeps in registers. Sums run over features in order, bias first.

import { ROW_GAP } from "../layout";
import { madd, NOWHERE } from "./madd";
import { halfBytes } from "./tile";

/** Puts a unit's values after those of the live ones; returns how many are live with it. */
@inline
function keep(low: v128, high: v128, unit: i32, h: usize, units: usize, live: i32): i32 {
  const at = h + (<usize>live << 5);
  v128.store(at, low);
  v128.store(at, high, 16);
  store<u16>(units + (<usize>live << 1), <u16>unit);
  return live + i32(v128.any_true(v128.or(low, high)));
}

/** h[live][8] = relu(y W1 + b1), of the live units, which it lists; returns how many there are. */
export function hiddenForward(
  y: usize, w1: usize, b1: usize, h: usize, units: usize, features: i32, hidden: i32,
): i32 {
  const zero = f32x4.splat(0);
  const half = halfBytes(features);
  const end = y + (<usize>features << 4);
  let live = 0;
  for (let unit = 0; unit < hidden; unit += 4) {
    let a00 = v128.load32_splat(b1);
    let a01 = a00;
    let a10 = v128.load32_splat(b1, 4);
    let a11 = a10;
    let a20 = v128.load32_splat(b1, 8);
    let a21 = a20;
    let a30 = v128.load32_splat(b1, 12);
    let a31 = a30;
    b1 += 16;
    let x = y;
    while (x < end) {
      const x0 = v128.load(x);
      const x1 = v128.load(x + half);
      const wA = v128.load32_splat(w1);
      a00 = madd(a00, x0, wA);
      a01 = madd(a01, x1, wA);
      const wB = v128.load32_splat(w1, 4);
      a10 = madd(a10, x0, wB);
      a11 = madd(a11, x1, wB);
      if (x == NOWHERE) break; // never
      const wC = v128.load32_splat(w1, 8);
      a20 = madd(a20, x0, wC);
      a21 = madd(a21, x1, wC);
      const wD = v128.load32_splat(w1, 12);
      a30 = madd(a30, x0, wD);
      a31 = madd(a31, x1, wD);
      x += 16;
      w1 += 16;
    }
    live = keep(f32x4.pmax(a00, zero), f32x4.pmax(a01, zero), unit, h, units, live);
    live = keep(f32x4.pmax(a10, zero), f32x4.pmax(a11, zero), unit + 1, h, units, live);
    live = keep(f32x4.pmax(a20, zero), f32x4.pmax(a21, zero), unit + 2, h, units, live);
    live = keep(f32x4.pmax(a30, zero), f32x4.pmax(a31, zero), unit + 3, h, units, live);
  }
  return live;
}

/** out = bias + the sum over live units of input[live][8] * weight[output / 4][unit][output % 4], a tile of outputs */
@inline
function overLive(
  input: usize, units: usize, live: i32, weight: usize, bias: usize, out: usize, hidden: i32, outputs: i32,
): void {
  const half = halfBytes(outputs);
  const end = input + (<usize>live << 5);
  for (let output = 0; output < outputs; output += 4) {
    let a00 = f32x4.splat(0), a01 = a00, a10 = a00, a11 = a00, a20 = a00, a21 = a00, a30 = a00, a31 = a00;
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
    let unit = units;
    while (x < end) {
      const w = weight + (<usize>load<u16>(unit) << 4);
      const x0 = v128.load(x);
      const x1 = v128.load(x, 16);
      const w0 = v128.load32_splat(w);
      a00 = madd(a00, x0, w0);
      a01 = madd(a01, x1, w0);
      const w1 = v128.load32_splat(w, 4);
      a10 = madd(a10, x0, w1);
      a11 = madd(a11, x1, w1);
      if (x == NOWHERE) break; // never
      const w2 = v128.load32_splat(w, 8);
      a20 = madd(a20, x0, w2);
      a21 = madd(a21, x1, w2);
      const w3 = v128.load32_splat(w, 12);
      a30 = madd(a30, x0, w3);
      a31 = madd(a31, x1, w3);
      x += 32;
      unit += 2;
    }
    weight += <usize>hidden << 4;
    v128.store(out, a00);
    v128.store(out, a10, 16);
    v128.store(out, a20, 32);
    v128.store(out, a30, 48);
    v128.store(out + half, a01);
    v128.store(out + half, a11, 16);
    v128.store(out + half, a21, 32);
    v128.store(out + half, a31, 48);
    out += 64;
  }
}

/** dx = h W2 + b2 */
export function updateForward(
  h: usize, units: usize, live: i32, w2: usize, b2: usize, dx: usize, hidden: i32, channels: i32,
): void {
  overLive(h, units, live, w2, b2, dx, hidden, channels);
}

/** dy = dh W1'; w1 packed [features / 4][hidden][4] */
export function perceptionBackward(
  dh: usize, units: usize, live: i32, w1: usize, dy: usize, hidden: i32, features: i32,
): void {
  overLive(dh, units, live, w1, 0, dy, hidden, features);
}

/** dh[live][8] = (dx W2') where h > 0, of the live units and up to three rows more; weights W2 [hidden][channels], ROW_GAP bytes between rows. */
export function hiddenBackward(
  dx: usize, weights: usize, h: usize, units: usize, live: i32, dh: usize, channels: i32,
): void {
  const zero = f32x4.splat(0);
  const row = (<usize>channels << 2) + ROW_GAP;
  const half = halfBytes(channels);
  const end = dx + (<usize>channels << 4);
  for (let i = 0; i < live; i += 4) {
    let rowA = weights + <usize>load<u16>(units) * row;
    let rowB = weights + <usize>load<u16>(units, 2) * row;
    let rowC = weights + <usize>load<u16>(units, 4) * row;
    let rowD = weights + <usize>load<u16>(units, 6) * row;
    let a00 = zero, a01 = zero, a10 = zero, a11 = zero, a20 = zero, a21 = zero, a30 = zero, a31 = zero;
    let x = dx;
    while (x < end) {
      const x0 = v128.load(x);
      const x1 = v128.load(x + half);
      const wA = v128.load32_splat(rowA);
      a00 = madd(a00, x0, wA);
      a01 = madd(a01, x1, wA);
      const wB = v128.load32_splat(rowB);
      a10 = madd(a10, x0, wB);
      a11 = madd(a11, x1, wB);
      if (x == NOWHERE) break; // never
      const wC = v128.load32_splat(rowC);
      a20 = madd(a20, x0, wC);
      a21 = madd(a21, x1, wC);
      const wD = v128.load32_splat(rowD);
      a30 = madd(a30, x0, wD);
      a31 = madd(a31, x1, wD);
      x += 16;
      rowA += 4;
      rowB += 4;
      rowC += 4;
      rowD += 4;
    }
    v128.store(dh, v128.and(a00, f32x4.gt(v128.load(h), zero)));
    v128.store(dh, v128.and(a01, f32x4.gt(v128.load(h, 16), zero)), 16);
    v128.store(dh, v128.and(a10, f32x4.gt(v128.load(h, 32), zero)), 32);
    v128.store(dh, v128.and(a11, f32x4.gt(v128.load(h, 48), zero)), 48);
    v128.store(dh, v128.and(a20, f32x4.gt(v128.load(h, 64), zero)), 64);
    v128.store(dh, v128.and(a21, f32x4.gt(v128.load(h, 80), zero)), 80);
    v128.store(dh, v128.and(a30, f32x4.gt(v128.load(h, 96), zero)), 96);
    v128.store(dh, v128.and(a31, f32x4.gt(v128.load(h, 112), zero)), 112);
    units += 8;
    h += 128;
    dh += 128;
  }
}
