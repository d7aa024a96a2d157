// Backpropagation through time of one sample: forward.ts in reverse, over the tape it left. Masks carry no gradient.
//
//   dx   = dState where life, of the cells that fired       dW2 += h (x) dx,  db2 += dx
//   dh   = dx W2' where h > 0                               dW1 += y (x) dh,  db1 += dh
//   dy   = dh W1'                                           dState += filters' dy  (and dState itself passes on)

import * as L from "../layout";
import { biasBackward, hiddenBackward, perceptionBackward, weightBackward } from "./dense";
import { failed, field, job, pointer, tick } from "./job";
import { clearOutside } from "./life";
import { dilate, fillInside } from "./masks";
import { perceiveBackward } from "./perceive";
import { finishShare, joinShares, leader, publish, takeShare } from "./share";
import { countOf, tilesOf } from "./strains";
import { reduceSums } from "./sums";
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

/** Computes dy of a group of one strain's tiles, and adds to the sums of the weights' gradients if they are wanted. */
function groupBackward(
  strain: i32, thread: usize, updates: usize, y: usize, tiles: i32, sums: usize, dy: usize,
): void {
  const rule = <usize>(strain * job(L.RULE_BYTES));
  const w1 = pointer(L.W1_BACKWARD) + rule;
  const w2 = pointer(L.W2_BACKWARD) + rule;
  const channels = job(L.CHANNELS);
  const hidden = job(L.HIDDEN);
  const features = channels * job(L.FILTERS);
  const stride = <usize>job(L.TILE_STRIDE);
  const updateBytes = <usize>channels << 5;
  const dHidden = field(thread, L.D_HIDDEN);
  const h = y + (<usize>features << 5);
  const sumsB1 = sums + (<usize>(features * hidden) << 4);
  const sumsW2 = sumsB1 + (<usize>hidden << 4);
  const sumsB2 = sumsW2 + (<usize>(hidden * channels) << 4);
  for (let i = 0; i < tiles; i++) {
    const at = <usize>i * stride;
    hiddenBackward(updates + <usize>i * updateBytes, w2, h + at, dHidden + at, channels, hidden);
  }
  if (strain == job(L.TRAINED)) {
    biasBackward(updates, updateBytes, channels, tiles, sumsB2);
    weightBackward(h, stride, hidden, updates, updateBytes, channels, tiles, sumsW2);
    biasBackward(dHidden, stride, hidden, tiles, sumsB1);
    weightBackward(y, stride, features, dHidden, stride, hidden, tiles, sums);
  }
  for (let i = 0; i < tiles; i++) {
    perceptionBackward(dHidden + <usize>i * stride, w1, dy, hidden, features);
    dy += <usize>features << 5;
  }
}

/** Adds dy to the state's gradient, cell after cell in the order of the list. */
function scatter(thread: usize, dState: usize, list: usize, tiles: i32, dy: usize): void {
  const channels = job(L.CHANNELS);
  const filters = job(L.FILTERS);
  for (let i = 0; i < tiles; i++) {
    perceiveBackward(dState, list, dy, field(thread, L.D_ROWS), pointer(L.SCATTER_TABLE), filters, channels);
    list += L.TILE << 2;
    dy += <usize>(channels * filters) << 5;
  }
}

/** For a batch of many: a thread has a sample to itself, and scatters a group while it is in its cache. */
function stepBackward(thread: usize, dState: usize, list: usize, y: usize): void {
  const updates = field(thread, L.UPDATES);
  const dy = field(thread, L.D_PERCEPTION);
  let start = 0;
  for (let strain = 0; strain < job(L.STRAINS); strain++) {
    const end = start + tilesOf(countOf(thread, strain));
    for (let first = start; first < end; first += L.GROUP) {
      tick();
      const count = min(L.GROUP, end - first);
      const at = updates + (<usize>(first * job(L.CHANNELS)) << 5);
      const tile = y + <usize>first * <usize>job(L.TILE_STRIDE);
      groupBackward(strain, thread, at, tile, count, field(thread, L.SUMS), dy);
      scatter(thread, dState, list + (<usize>(first * L.TILE) << 2), count, dy);
    }
    start = end;
  }
}

/** One share of `stepBackwardShared`, by any thread. */
export function backwardShare(share: i32, thread: usize): void {
  const tiles = job(L.SHARE_TILES);
  const from = tiles * share / L.BACKWARD_SHARES;
  const to = tiles * (share + 1) / L.BACKWARD_SHARES;
  const channels = job(L.CHANNELS);
  const dyBytes = <usize>(channels * job(L.FILTERS)) << 5;
  const sums = field(leader(), L.SUMS) + <usize>share * <usize>job(L.SUMS_BYTES);
  let start = 0;
  for (let strain = 0; strain < job(L.STRAINS); strain++) {
    const end = start + tilesOf(countOf(leader(), strain));
    const last = min(end, to);
    for (let first = max(start, from); first < last; first += L.GROUP) {
      tick();
      const updates = field(leader(), L.UPDATES) + (<usize>(first * channels) << 5);
      const y = pointer(L.SHARE_TILE) + <usize>first * <usize>job(L.TILE_STRIDE);
      const dy = field(leader(), L.D_PERCEPTION) + <usize>first * dyBytes;
      groupBackward(strain, thread, updates, y, min(L.GROUP, last - first), sums, dy);
    }
    start = end;
  }
  finishShare();
}

/** For a batch of one: the threads share the layers, then one of them scatters. */
function stepBackwardShared(thread: usize, dState: usize, list: usize, tiles: i32, y: usize): void {
  publish(L.SHARE_BACKWARD, L.BACKWARD_SHARES, tiles, y);
  for (let share = takeShare(); share >= 0; share = takeShare()) backwardShare(share, thread);
  joinShares();
  scatter(thread, dState, list, tiles, field(thread, L.D_PERCEPTION));
}

/**
 * Turns dState of the last state into dState of the first, in place. Also writes the parameters' gradients
 * [W1, b1, W2, b2], padded.
 */
export function backpropagateSample(sample: usize, thread: usize): void {
  const dState = field(sample, L.D_STATE);
  const reach = field(thread, L.PRE);
  const inside = pointer(L.INSIDE_ROW);
  const shared = job(L.SHARED) != 0;
  const shares: i32 = shared ? L.BACKWARD_SHARES : 1;
  memory.fill(field(thread, L.SUMS), 0, job(L.SUMS_BYTES) * shares);
  fillInside(reach, inside, job(L.HEIGHT), job(L.STRIDE));
  for (let step = job(L.STEPS) - 1; step >= 0; step--) {
    const block = load<usize>(field(sample, L.TAPE) + (<usize>step << 2));
    if (job(L.MASK) != L.MASK_NONE) {
      // a gradient can only have reached the neighbours of cells that lived in the step after this one
      const life = field(block, L.BLOCK_LIFE);
      clearOutside(dState, reach, reach, life);
      dilate(life, reach, inside, job(L.HEIGHT), job(L.STRIDE));
    }
    memory.copy(thread + (L.COUNTS << 2), block + (L.BLOCK_COUNTS << 2), L.MAX_STRAINS << 2);
    let tiles = 0;
    for (let strain = 0; strain < job(L.STRAINS); strain++) tiles += tilesOf(countOf(thread, strain));
    const list = field(block, L.BLOCK_ACTIVE);
    gatherUpdates(dState, list, tiles, field(thread, L.UPDATES));
    if (shared) stepBackwardShared(thread, dState, list, tiles, field(block, L.BLOCK_TILES));
    else stepBackward(thread, dState, list, field(block, L.BLOCK_TILES));
    if (failed()) return;
  }
  for (let share = 0; share < shares; share++) {
    const sums = field(thread, L.SUMS) + <usize>(share * job(L.SUMS_BYTES));
    reduceSums(sums, field(sample, L.D_PARAMETERS), share == 0);
  }
}
