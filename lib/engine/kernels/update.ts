// The rule itself, for listed cells: from the state to updates, and from updates to the state.

import * as L from "../layout";
import { hiddenForward, updateForward } from "./dense";
import { job, pointer, tick } from "./job";
import { perceive } from "./perceive";
import { storeTransposed } from "./transpose";

/** How often a thread says that it still moves. */
const TICK_TILES = 256;

/** Perception, hidden layer and update of the listed cells; tiles lie tileStride apart (0: all in one place). */
export function computeUpdates(state: usize, list: usize, tiles: i32, tile: usize, tileStride: usize, updates: usize): void {
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
    tile += tileStride;
    updates += <usize>channels << 5;
  }
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
