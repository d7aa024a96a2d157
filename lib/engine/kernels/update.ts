// The rule itself, for listed cells: from the state to updates, and from updates to the state.

import * as L from "../layout";
import { hiddenForward, updateForward } from "./dense";
import { field, job, pointer, tick, tileStride } from "./job";
import { perceive } from "./perceive";
import { finishShare, joinShares, leader, publish, takeShare } from "./share";
import { storeTransposed } from "./transpose";

/** How often a thread says that it still moves. */
const TICK_TILES = 256;
/** A share is worth its sharing from so many tiles on, tens of microseconds. */
const SHARE_TILES_MIN = 8;
const SHARES_MAX = 32;

/** Perception, hidden layer and update of the listed cells; tiles lie `stride` apart (0: all in one place). */
export function computeUpdates(state: usize, list: usize, tiles: i32, tile: usize, stride: usize, updates: usize): void {
  const channels = job(L.CHANNELS);
  const hidden = job(L.HIDDEN);
  const features = channels * job(L.FILTERS);
  for (let i = 0; i < tiles; i++) {
    if ((i & (TICK_TILES - 1)) == 0) tick();
    const h = tile + (<usize>features << 5);
    perceive(state, list, tile, pointer(L.FILTER_TABLE), job(L.FILTERS), channels);
    hiddenForward(tile, pointer(L.W1_FORWARD), pointer(L.B1), h, features, hidden);
    updateForward(h, pointer(L.W2_FORWARD), pointer(L.B2), updates, hidden, channels);
    list += L.TILE << 2;
    tile += stride;
    updates += <usize>channels << 5;
  }
}

/** One share of `shareUpdates`, by any thread. */
export function updateShare(share: i32, thread: usize): void {
  const tiles = job(L.SHARE_TILES);
  const shares = sharesOf(tiles);
  const first = <usize>(tiles * share / shares);
  const count = tiles * (share + 1) / shares - <i32>first;
  const stride = tileStride();
  const tile = stride == 0 ? field(thread, L.SCRATCH_TILE) : pointer(L.SHARE_TILE) + first * stride;
  const list = field(leader(), L.ACTIVE) + first * (L.TILE << 2);
  const updates = field(leader(), L.UPDATES) + first * (<usize>job(L.CHANNELS) << 5);
  computeUpdates(field(pointer(L.SAMPLE_TABLE), L.STATE), list, count, tile, stride, updates);
  finishShare();
}

@inline
function sharesOf(tiles: i32): i32 {
  return min(tiles / SHARE_TILES_MIN, SHARES_MAX);
}

/** The updates of a thread's active cells; by all threads of a batch of one where that is worth it. */
export function shareUpdates(thread: usize, state: usize, tiles: i32, tile: usize): void {
  const shares = sharesOf(tiles);
  if (job(L.THREADS) == 1 || !job(L.SHARED) || shares < 2) {
    computeUpdates(state, field(thread, L.ACTIVE), tiles, tile, tileStride(), field(thread, L.UPDATES));
    return;
  }
  publish(L.SHARE_FORWARD, shares, tiles, tile);
  for (let share = takeShare(); share >= 0; share = takeShare()) updateShare(share, thread);
  joinShares();
}

/** state[cell] += update, for the listed cells; rows is scratch for 4 cells. */
export function applyUpdates(state: usize, list: usize, count: i32, updates: usize, rows: usize): void {
  const channels = job(L.CHANNELS);
  for (let first = 0; first < count; first += 4) {
    const tile = updates + (<usize>((first >> 3) * channels) << 5) + (<usize>(first & 4) << 2);
    const lanes = min(4, count - first);
    for (let channel = 0; channel < channels; channel += 4) {
      const at = tile + (<usize>channel << 5);
      storeTransposed(v128.load(at), v128.load(at, 32), v128.load(at, 64), v128.load(at, 96), rows, 16);
      for (let lane = 0; lane < lanes; lane++) {
        const cell = load<u32>(list + (<usize>(first + lane) << 2));
        const to = state + (<usize>(cell * channels + channel) << 2);
        v128.store(to, f32x4.add(v128.load(to), v128.load(rows + (<usize>lane << 4))));
      }
    }
  }
}
