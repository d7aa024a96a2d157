// The rule itself, for listed cells: from the state to updates, and from updates to the state.

import * as L from "../layout";
import { hiddenForward, updateForward } from "./dense";
import { field, job, pointer, tick, tileStride } from "./job";
import { perceive } from "./perceive";
import { finishShare, joinShares, leader, publish, takeShare } from "./share";
import { countOf, tilesOf } from "./strains";
import { storeTransposed } from "./transpose";

/** After how many tiles a thread reports that it is still making progress. */
const TICK_TILES = 256;
/** The fewest tiles for which a share is worth sharing: tens of microseconds of work. */
const SHARE_TILES_MIN = 8;
const SHARES_MAX = 32;

/** Perception, hidden layer and update of listed cells of a strain; tiles lie `stride` apart (0: all in one place). */
export function computeUpdates(
  strain: i32, state: usize, list: usize, tiles: i32, tile: usize, stride: usize, updates: usize,
): void {
  const rule = <usize>(strain * job(L.RULE_BYTES));
  const channels = job(L.CHANNELS);
  const hidden = job(L.HIDDEN);
  const features = channels * job(L.FILTERS);
  for (let i = 0; i < tiles; i++) {
    if ((i & (TICK_TILES - 1)) == 0) tick();
    const h = tile + (<usize>features << 5);
    perceive(state, list, tile, pointer(L.FILTER_TABLE), job(L.FILTERS), channels);
    hiddenForward(tile, pointer(L.W1_FORWARD) + rule, pointer(L.B1) + rule, h, features, hidden);
    updateForward(h, pointer(L.W2_FORWARD) + rule, pointer(L.B2) + rule, updates, hidden, channels);
    list += L.TILE << 2;
    tile += stride;
    updates += <usize>channels << 5;
  }
}

/** The updates of tiles `from` to `to` of the active cells that `owner` has listed, strain after strain. */
function computeRange(owner: usize, state: usize, from: i32, to: i32, tile: usize, stride: usize): void {
  let start = 0;
  for (let strain = 0; strain < job(L.STRAINS); strain++) {
    const end = start + tilesOf(countOf(owner, strain));
    const first = max(start, from);
    const count = min(end, to) - first;
    start = end;
    if (count <= 0) continue;
    const list = field(owner, L.ACTIVE) + (<usize>(first * L.TILE) << 2);
    const updates = field(owner, L.UPDATES) + (<usize>(first * job(L.CHANNELS)) << 5);
    computeUpdates(strain, state, list, count, tile + <usize>(first - from) * stride, stride, updates);
  }
}

/** One share of `shareUpdates`, by any thread. */
export function updateShare(share: i32, thread: usize): void {
  const tiles = job(L.SHARE_TILES);
  const shares = sharesOf(tiles);
  const from = tiles * share / shares;
  const stride = tileStride();
  const tile = stride == 0 ? field(thread, L.SCRATCH_TILE) : pointer(L.SHARE_TILE) + <usize>from * stride;
  computeRange(leader(), field(pointer(L.SAMPLE_TABLE), L.STATE), from, tiles * (share + 1) / shares, tile, stride);
  finishShare();
}

@inline
function sharesOf(tiles: i32): i32 {
  return min(tiles / SHARE_TILES_MIN, SHARES_MAX);
}

/** Computes the updates of a thread's active cells; all threads share a batch of one where that is worth it. */
export function shareUpdates(thread: usize, state: usize, tiles: i32, tile: usize): void {
  const shares = sharesOf(tiles);
  if (job(L.THREADS) == 1 || !job(L.SHARED) || shares < 2) {
    computeRange(thread, state, 0, tiles, tile, tileStride());
    return;
  }
  publish(L.SHARE_FORWARD, shares, tiles, tile);
  for (let share = takeShare(); share >= 0; share = takeShare()) updateShare(share, thread);
  joinShares();
}

/** state[cell] += update, for the listed cells; rows is scratch for 4 cells. */
function applyListed(state: usize, list: usize, count: i32, updates: usize, rows: usize): void {
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

/** state[cell] += update, for all active cells. */
export function applyUpdates(thread: usize, state: usize): void {
  let list = field(thread, L.ACTIVE);
  let updates = field(thread, L.UPDATES);
  for (let strain = 0; strain < job(L.STRAINS); strain++) {
    const count = countOf(thread, strain);
    applyListed(state, list, count, updates, field(thread, L.D_ROWS));
    list += <usize>(tilesOf(count) * L.TILE) << 2;
    updates += <usize>(tilesOf(count) * job(L.CHANNELS)) << 5;
  }
}
