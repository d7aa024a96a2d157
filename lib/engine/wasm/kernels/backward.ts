// Backpropagation through time of one sample: forward.ts in reverse, over the tape it left. Masks carry no gradient.
//
//   dx   = dState where life, of the cells that fired       dW2 += h (x) dx,  db2 += dx
//   dh   = dx W2' where h > 0                               dW1 += y (x) dh,  db1 += dh
//   dy   = dh W1'                                           dState += filters' dy  (and dState itself passes on)

import * as L from "../layout";
import { hiddenBackward, perceptionBackward } from "./dense";
import { unitGradients, updateBiases } from "./gradient";
import { failed, field, job, pointer, tick } from "./job";
import { clearOutside } from "./life";
import { dilate, fillInside } from "./masks";
import { perceiveBackward } from "./perceive";
import { finishShare, hasHelpers, joinShares, publish, takeShare } from "./share";
import { clearMasks, keepTile } from "./span";
import { countOf, tilesOf } from "./strains";
import { reduceSums } from "./sums";
import { halfBytes, hiddenOf, liveOf, tileBytes, touch, unitsOf } from "./tile";
import { foldGradient, wrapPlane } from "./torus";
import { storeTransposed } from "./transpose";

/** Hidden units of a share of the weights: ten microseconds of work. */
const SHARE_UNITS = 8;

/** The tiles of updates = dState of the listed cells; inputs are not updated. */
function gatherUpdates(dState: usize, list: usize, tiles: i32, updates: usize): void {
  const channels = job(L.CHANNELS);
  const updated = pointer(L.UPDATED_ROW);
  for (let first = 0; first < tiles * L.TILE; first += 4) {
    const half = updates + <usize>(first >> 2) * halfBytes(channels);
    const cells = list + (<usize>first << 2);
    const a = dState + (<usize>(load<u32>(cells) * channels) << 2);
    const b = dState + (<usize>(load<u32>(cells, 4) * channels) << 2);
    const c = dState + (<usize>(load<u32>(cells, 8) * channels) << 2);
    const d = dState + (<usize>(load<u32>(cells, 12) * channels) << 2);
    for (let channel: usize = 0; channel < <usize>channels << 2; channel += 16) {
      const out = half + (channel << 2);
      const isUpdated = v128.load(updated + channel);
      storeTransposed(
        v128.and(v128.load(a + channel), isUpdated), v128.and(v128.load(b + channel), isUpdated),
        v128.and(v128.load(c + channel), isUpdated), v128.and(v128.load(d + channel), isUpdated), out, 16);
    }
  }
}

/** dh and dy of tiles `from` to `to` of the span that a leader works on, which share a mask. */
function chain(leader: usize, thread: usize, from: i32, to: i32): void {
  const strain = <i32>field(leader, L.SHARE_STRAIN);
  const rule = <usize>(strain * job(L.RULE_BYTES));
  const channels = job(L.CHANNELS);
  const hidden = job(L.HIDDEN);
  const features = channels * job(L.FILTERS);
  const first = field(leader, L.SHARE_FIRST);
  const table = field(field(leader, L.SHARE_BLOCK), L.BLOCK_TABLE);
  const dHidden = field(thread, L.D_HIDDEN);
  const isTrained = strain == job(L.TRAINED);
  if (isTrained) clearMasks(leader, from);
  for (let i = from; i < to; i++) {
    const tile = load<usize>(table + ((first + i) << 2));
    const dx = field(leader, L.UPDATES) + (first + i) * tileBytes(channels);
    const dy = field(leader, L.D_PERCEPTION) + <usize>i * tileBytes(features);
    const units = unitsOf(tile);
    const live = load<i32>(liveOf(tile));
    if (i + 1 < to) store<u32>(dy, touch(load<usize>(table + ((first + i + 1) << 2)))); // dy is not written yet
    hiddenBackward(dx, pointer(L.W2_BACKWARD) + rule, hiddenOf(tile), units, live, dHidden, channels);
    if (isTrained) keepTile(leader, i, tile, dHidden);
    perceptionBackward(dHidden, units, live, pointer(L.W1_BACKWARD) + rule, dy, hidden, features);
  }
}

/** One share of the chain of a leader's span, by any thread. */
export function chainShare(share: i32, thread: usize, leader: usize): void {
  tick();
  const from = share * L.MASK_TILES;
  chain(leader, thread, from, min(from + L.MASK_TILES, <i32>field(leader, L.SHARE_TILES)));
}

/** One share of the weights of a leader's span, by any thread. */
export function weightsShare(share: i32, leader: usize): void {
  tick();
  const from = share * SHARE_UNITS;
  unitGradients(leader, from, min(from + SHARE_UNITS, job(L.HIDDEN)));
}

/** Adds dy to the state's gradient, cell after cell in the order of the list. */
function scatter(thread: usize, dState: usize, list: usize, tiles: i32): void {
  const channels = job(L.CHANNELS);
  const filters = job(L.FILTERS);
  let dy = field(thread, L.D_PERCEPTION);
  for (let i = 0; i < tiles; i++) {
    perceiveBackward(dState, list, dy, field(thread, L.D_ROWS), pointer(L.SCATTER_TABLE), filters, channels);
    list += L.TILE << 2;
    dy += tileBytes(channels * filters);
  }
}

/** Everything but the scattering, of the span in the leader's words; alone. */
function spanAlone(thread: usize, tiles: i32, isTrained: bool): void {
  tick();
  for (let from = 0; from < tiles; from += L.MASK_TILES) chain(thread, thread, from, min(from + L.MASK_TILES, tiles));
  if (isTrained) unitGradients(thread, 0, job(L.HIDDEN));
}

/** The same with helpers, and the scattering too, which the leader does while they are at the weights. */
function spanShared(thread: usize, dState: usize, list: usize, tiles: i32, isTrained: bool): void {
  publish(thread, L.SHARE_CHAIN, (tiles + L.MASK_TILES - 1) / L.MASK_TILES);
  for (let share = takeShare(thread); share >= 0; share = takeShare(thread)) {
    chainShare(share, thread, thread);
    finishShare(thread);
  }
  joinShares(thread);
  if (isTrained) publish(thread, L.SHARE_WEIGHTS, (job(L.HIDDEN) + SHARE_UNITS - 1) / SHARE_UNITS);
  scatter(thread, dState, list, tiles);
  if (!isTrained) return;
  for (let share = takeShare(thread); share >= 0; share = takeShare(thread)) {
    weightsShare(share, thread);
    finishShare(thread);
  }
  joinShares(thread);
}

/** The gradients of a step: of its tiles, span after span; dState of its listed cells is in the updates. */
function stepBackward(thread: usize, dState: usize, block: usize, tiles: i32): void {
  const isShared = hasHelpers() && tiles > L.MASK_TILES;
  const span = isShared ? L.SPAN : L.GROUP;
  store<usize>(thread, block, L.SHARE_BLOCK << 2);
  let start = 0;
  for (let strain = 0; strain < job(L.STRAINS); strain++) {
    const end = start + tilesOf(countOf(thread, strain));
    const isTrained = strain == job(L.TRAINED);
    store<i32>(thread, strain, L.SHARE_STRAIN << 2);
    for (let first = start; first < end; first += span) {
      const count = min(span, end - first);
      const list = field(block, L.BLOCK_ACTIVE) + (<usize>(first * L.TILE) << 2);
      store<i32>(thread, first, L.SHARE_FIRST << 2);
      store<i32>(thread, count, L.SHARE_TILES << 2);
      if (isTrained) updateBiases(thread);
      if (isShared) {
        spanShared(thread, dState, list, count, isTrained);
        if (failed()) return;
      } else {
        spanAlone(thread, count, isTrained);
        scatter(thread, dState, list, count);
      }
    }
    start = end;
  }
}

/**
 * Turns dState of the last state into dState of the first, in place. Also writes the parameters' gradients
 * [W1, b1, W2, b2], padded.
 */
export function backpropagateSample(sample: usize, thread: usize): void {
  const dState = field(sample, L.D_STATE);
  const reach = field(thread, L.PRE);
  const inside = pointer(L.INSIDE_ROW);
  memory.fill(field(thread, L.SUMS), 0, job(L.SUMS_BYTES));
  fillInside(reach, inside, job(L.HEIGHT), job(L.STRIDE));
  for (let step = job(L.STEPS) - 1; step >= 0; step--) {
    tick();
    const block = load<usize>(field(sample, L.TAPE) + (<usize>step << 2));
    if (job(L.MASK) != L.MASK_NONE) {
      // a gradient can only have reached the neighbours of cells that lived in the step after this one
      const life = field(block, L.BLOCK_LIFE);
      clearOutside(dState, reach, reach, life);
      wrapPlane(life);
      dilate(life, reach, inside, job(L.HEIGHT), job(L.STRIDE));
    }
    memory.copy(thread + (L.COUNTS << 2), block + (L.BLOCK_COUNTS << 2), L.MAX_STRAINS << 2);
    let tiles = 0;
    for (let strain = 0; strain < job(L.STRAINS); strain++) tiles += tilesOf(countOf(thread, strain));
    gatherUpdates(dState, field(block, L.BLOCK_ACTIVE), tiles, field(thread, L.UPDATES));
    stepBackward(thread, dState, block, tiles);
    if (failed()) return;
    foldGradient(dState);
  }
  reduceSums(field(thread, L.SUMS), field(sample, L.D_PARAMETERS));
}
