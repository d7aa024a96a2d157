// The rule itself, for listed cells: from the state to updates, and from updates to the state.

import * as L from "../layout";
import { hiddenForward, updateForward } from "./dense";
import { field, job, pointer, tick } from "./job";
import { perceive } from "./perceive";
import { finishShare, hasHelpers, joinShares, publish, SHARES_MAX, takeShare } from "./share";
import { countOf, tilesOf } from "./strains";
import { endBlock } from "./tape";
import { endTile, halfBytes, hiddenOf, tileBytes, unitsOf } from "./tile";
import { storeTransposed } from "./transpose";

/** After how many tiles a thread reports that it is still making progress. */
const TICK_TILES = 256;
/** Tiles of a share: ten microseconds of work. */
const TILES_A_SHARE = 4;

/**
 * Perception, hidden layer and update of listed cells of a strain. Tiles lie one after the other, and their addresses
 * are put into the table; without a table (0) all are computed in one place. Returns where the next tile can lie.
 */
export function computeUpdates(
  strain: i32, state: usize, list: usize, tiles: i32, tile: usize, table: usize, updates: usize,
): usize {
  const rule = <usize>(strain * job(L.RULE_BYTES));
  const channels = job(L.CHANNELS);
  const hidden = job(L.HIDDEN);
  const features = channels * job(L.FILTERS);
  for (let i = 0; i < tiles; i++) {
    if ((i & (TICK_TILES - 1)) == 0) tick();
    const h = hiddenOf(tile);
    const units = unitsOf(tile);
    perceive(state, list, tile, pointer(L.FILTER_TABLE), job(L.FILTERS), channels);
    const live = hiddenForward(tile, pointer(L.W1_FORWARD) + rule, pointer(L.B1) + rule, h, units, features, hidden);
    updateForward(h, units, live, pointer(L.W2_FORWARD) + rule, pointer(L.B2) + rule, updates, hidden, channels);
    list += L.TILE << 2;
    updates += tileBytes(channels);
    if (table != 0) {
      store<usize>(table + (<usize>i << 2), tile);
      tile = endTile(tile, live);
    }
  }
  return tile;
}

/**
 * The updates of tiles `from` to `to` of the active cells that a leader has listed, strain after strain: on the tape's
 * block from `tile` on or, without a block (0), in that one place. Returns where the next tile can lie.
 */
function computeRange(leader: usize, state: usize, from: i32, to: i32, tile: usize, block: usize): usize {
  let start = 0;
  for (let strain = 0; strain < job(L.STRAINS); strain++) {
    const end = start + tilesOf(countOf(leader, strain));
    const first = max(start, from);
    const count = min(end, to) - first;
    start = end;
    if (count <= 0) continue;
    const list = field(leader, L.ACTIVE) + (<usize>(first * L.TILE) << 2);
    const updates = field(leader, L.UPDATES) + <usize>first * tileBytes(job(L.CHANNELS));
    const table: usize = block == 0 ? 0 : field(block, L.BLOCK_TABLE) + (<usize>first << 2);
    tile = computeUpdates(strain, state, list, count, tile, table, updates);
  }
  return tile;
}

/** Where a share begins, in tiles; the share after the last begins where all of them end. */
@inline
function shareStart(share: i32, tiles: i32): i32 {
  return <i32>(<i64>tiles * share / sharesOf(tiles));
}

@inline
function sharesOf(tiles: i32): i32 {
  return min((tiles + TILES_A_SHARE - 1) / TILES_A_SHARE, SHARES_MAX);
}

/** One share of `shareUpdates`, by any thread. */
export function updateShare(share: i32, thread: usize, leader: usize): void {
  const tiles = <i32>field(leader, L.SHARE_TILES);
  const block = field(leader, L.SHARE_BLOCK);
  const from = shareStart(share, tiles);
  const first = block == 0 ? field(thread, L.SCRATCH_TILE)
    : field(block, L.BLOCK_TILES) + <usize>from * <usize>job(L.TILE_BYTES);
  computeRange(leader, field(leader, L.SHARE_STATE), from, shareStart(share + 1, tiles), first, block);
}

/** Computes the updates of a thread's active cells, on a block of the tape if there is one; helpers take shares. */
export function shareUpdates(thread: usize, state: usize, tiles: i32, block: usize): void {
  if (!hasHelpers() || sharesOf(tiles) < 2) {
    const first = block == 0 ? field(thread, L.SCRATCH_TILE) : field(block, L.BLOCK_TILES);
    const end = computeRange(thread, state, 0, tiles, first, block);
    if (block != 0) endBlock(thread, end);
    return;
  }
  store<i32>(thread, tiles, L.SHARE_TILES << 2);
  store<usize>(thread, state, L.SHARE_STATE << 2);
  store<usize>(thread, block, L.SHARE_BLOCK << 2);
  publish(thread, L.SHARE_FORWARD, sharesOf(tiles));
  for (let share = takeShare(thread); share >= 0; share = takeShare(thread)) {
    updateShare(share, thread, thread);
    finishShare(thread);
  }
  joinShares(thread);
  if (block != 0) endBlock(thread, field(block, L.BLOCK_TILES) + <usize>tiles * <usize>job(L.TILE_BYTES));
}

/** state[cell] += update, but not its inputs, for the listed cells; rows is scratch for 4 cells. */
function applyListed(state: usize, list: usize, count: i32, updates: usize, rows: usize): void {
  const channels = job(L.CHANNELS);
  const updated = pointer(L.UPDATED_ROW);
  for (let first = 0; first < count; first += 4) {
    const half = updates + <usize>(first >> 2) * halfBytes(channels);
    const lanes = min(4, count - first);
    for (let channel = 0; channel < channels; channel += 4) {
      const isUpdated = v128.load(updated + (<usize>channel << 2));
      const at = half + (<usize>channel << 4);
      storeTransposed(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), rows, 16);
      for (let lane = 0; lane < lanes; lane++) {
        const cell = load<u32>(list + (<usize>(first + lane) << 2));
        const to = state + (<usize>(cell * channels + channel) << 2);
        const before = v128.load(to);
        const after = f32x4.add(before, v128.load(rows + (<usize>lane << 4)));
        v128.store(to, v128.bitselect(after, before, isUpdated));
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
    updates += <usize>tilesOf(count) * tileBytes(job(L.CHANNELS));
  }
}
