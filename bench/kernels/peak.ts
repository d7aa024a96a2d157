// The best that WebAssembly SIMD does on this machine: the engine's own dense kernel, 48 features to 128 units, on data
// that stays in the first-level cache. What a training step reaches is measured against it.

import { HALF_GAP } from "../../lib/engine/wasm/layout";
import { hiddenForward } from "../../lib/engine/wasm/kernels/dense";

const FEATURES = 48;
const UNITS = 128;
const TILE = 8;
const WEIGHTS: usize = FEATURES * TILE * 4 + 2 * HALF_GAP;
const BIAS: usize = WEIGHTS + FEATURES * UNITS * 4;
const LIST: usize = BIAS + UNITS * 4;
const OUT: usize = LIST + UNITS * 2;

/** Runs the kernel on one tile of 8 cells so many times; returns the floating point operations of one run. */
export function repeat(times: i32): i32 {
  for (let i = 0; i < times; i++) hiddenForward(0, WEIGHTS, BIAS, OUT, LIST, FEATURES, UNITS);
  return 2 * FEATURES * UNITS * TILE;
}
