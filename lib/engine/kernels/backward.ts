// Backpropagation through time of one sample: forward.ts in reverse, over the tape it left. Masks carry no gradient.
//
//   dx   = dState where life, of the cells that fired       dW2 += h (x) dx,  db2 += dx
//   dh   = dx W2' where h > 0                               dW1 += y (x) dh,  db1 += dh
//   dy   = dh W1'                                           dState += filters' dy  (and dState itself passes on)

import * as L from "../layout";
import { biasBackward, hiddenBackward, lanesSum, perceptionBackward, weightBackward } from "./dense";
import { field, job, pointer, tick } from "./job";
import { clearOutside } from "./life";
import { dilate, fillInside } from "./masks";
import { perceiveBackward } from "./perceive";
import { storeTransposed } from "./transpose";

/** updates[tile][channel][8] = dState of the listed cells. */
function gatherUpdates(dState: usize, list: usize, tiles: i32, updates: usize): void {
  const channels = job(L.CHANNELS);
  for (let first = 0; first < tiles * L.TILE; first += 4) {
    const tile = updates + (<usize>((first >> 3) * channels) << 5) + (<usize>(first & 4) << 2);
    const cells = list + (<usize>first << 2);
    const a = dState + (<usize>(load<u32>(cells) * channels) << 2);
    const b = dState + (<usize>(load<u32>(cells, 4) * channels) << 2);
    const c = dState + (<usize>(load<u32>(cells, 8) * channels) << 2);
    const d = dState + (<usize>(load<u32>(cells, 12) * channels) << 2);
    for (let channel: usize = 0; channel < <usize>channels << 2; channel += 16) {
      const out = tile + (channel << 3);
      storeTransposed(
        v128.load(a + channel), v128.load(b + channel), v128.load(c + channel), v128.load(d + channel), out, 32);
    }
  }
}

/** One group of tiles through all the layers. */
function groupBackward(thread: usize, dState: usize, list: usize, tiles: i32, y: usize, updates: usize): void {
  const channels = job(L.CHANNELS);
  const hidden = job(L.HIDDEN);
  const filters = job(L.FILTERS);
  const features = channels * filters;
  const stride = <usize>job(L.TILE_STRIDE);
  const updateBytes = <usize>channels << 5;
  const dHidden = field(thread, L.D_HIDDEN);
  const dPerception = field(thread, L.D_PERCEPTION);
  const h = y + (<usize>features << 5);
  for (let i = 0; i < tiles; i++) {
    const at = <usize>i * stride;
    hiddenBackward(updates + <usize>i * updateBytes, pointer(L.W2_BACKWARD), h + at, dHidden + at, channels, hidden);
  }
  weightBackward(h, stride, hidden, updates, updateBytes, channels, tiles, field(thread, L.SUMS_W2));
  weightBackward(y, stride, features, dHidden, stride, hidden, tiles, field(thread, L.SUMS_W1));
  biasBackward(dHidden, stride, hidden, tiles, field(thread, L.SUMS_B1));
  for (let i = 0; i < tiles; i++) {
    perceptionBackward(dHidden + <usize>i * stride, pointer(L.W1_BACKWARD), dPerception, hidden, features);
    const cells = list + <usize>(i * L.TILE) * 4;
    perceiveBackward(dState, cells, dPerception, field(thread, L.D_ROWS), pointer(L.SCATTER_TABLE), filters, channels);
  }
}

function stepBackward(thread: usize, dState: usize, block: usize): void {
  const channels = job(L.CHANNELS);
  const tiles = (field(block, L.BLOCK_CELLS) + (L.TILE - 1)) / L.TILE;
  const list = field(block, L.BLOCK_ACTIVE);
  const updates = field(thread, L.UPDATES);
  const y = field(block, L.BLOCK_TILES);
  gatherUpdates(dState, list, <i32>tiles, updates);
  biasBackward(updates, <usize>channels << 5, channels, <i32>tiles, field(thread, L.SUMS_B2));
  for (let first: usize = 0; first < tiles; first += L.GROUP) {
    tick();
    const group = <i32>min<usize>(L.GROUP, tiles - first);
    const cells = list + first * (L.TILE << 2);
    const at = updates + first * (<usize>channels << 5);
    groupBackward(thread, dState, cells, group, y + first * <usize>job(L.TILE_STRIDE), at);
  }
}

/** Sums the lanes of sums[m / 4][n / 2][4][2] into out[m][n]. */
function reduceWeights(sums: usize, m: i32, n: i32, out: usize): void {
  for (let row = 0; row < m; row += 4) {
    for (let column = 0; column < n; column += 2) {
      for (let i = 0; i < 8; i++) {
        store<f32>(out + (<usize>((row + (i >> 1)) * n + column + (i & 1)) << 2), lanesSum(sums));
        sums += 16;
      }
    }
  }
}

function reduceBias(sums: usize, units: i32, out: usize): void {
  for (let i = 0; i < units; i++) store<f32>(out + (<usize>i << 2), lanesSum(sums + (<usize>i << 4)));
}

/** From dState of the last state, in place, to dState of the first; parameters' gradients [W1, b1, W2, b2], padded. */
export function backpropagateSample(sample: usize, thread: usize): void {
  const channels = job(L.CHANNELS);
  const hidden = job(L.HIDDEN);
  const features = channels * job(L.FILTERS);
  const dState = field(sample, L.D_STATE);
  const tape = field(sample, L.TAPE);
  const reach = field(thread, L.PRE);
  const inside = pointer(L.INSIDE_ROW);
  const sumsBytes = <usize>(hidden * (features + channels + 1) + channels) << 4;
  memory.fill(field(thread, L.SUMS_W1), 0, sumsBytes);
  fillInside(reach, inside, job(L.HEIGHT), job(L.STRIDE));
  for (let step = job(L.STEPS) - 1; step >= 0; step--) {
    const block = load<usize>(tape + (<usize>step << 2));
    if (job(L.MASK) != L.MASK_NONE) {
      // a gradient can only have reached the neighbours of cells that lived in the step after this one
      const life = field(block, L.BLOCK_LIFE);
      clearOutside(dState, reach, reach, life);
      dilate(life, reach, inside, job(L.HEIGHT), job(L.STRIDE));
    }
    stepBackward(thread, dState, block);
  }
  let out = field(sample, L.D_PARAMETERS);
  reduceWeights(field(thread, L.SUMS_W1), features, hidden, out);
  out += <usize>(features * hidden) << 2;
  reduceBias(field(thread, L.SUMS_B1), hidden, out);
  out += <usize>hidden << 2;
  reduceWeights(field(thread, L.SUMS_W2), hidden, channels, out);
  out += <usize>(hidden * channels) << 2;
  reduceBias(field(thread, L.SUMS_B2), channels, out);
}
