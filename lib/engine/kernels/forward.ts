// A rollout of one sample, exact-sparse: only cells that fired and can matter are computed.
//
// x' = (x + fire * dx) * life. A cell that is not pre-alive ends as zero, so its dx is not needed, but for the trap:
// with the pre-and-post mask a fired cell beside a pre-alive one can raise its post-alive bit. Those border
// cells are computed only when no computed cell has raised that bit already.

import * as L from "../layout";
import { hiddenForward, updateForward } from "./dense";
import { allocate, field, job, pointer, tick } from "./job";
import { combine, dilate, fillInside, fires } from "./masks";
import { perceive } from "./perceive";
import { storeTransposed } from "./transpose";

const ALIVE_THRESHOLD: f32 = 0.1;
const ALPHA = 3;
/** How often a thread says that it still moves. */
const TICK_TILES = 256;

/** The bits of 16 cells of a plane. */
@inline
function bits(vector: v128): u32 {
  return <u32>i8x16.bitmask(vector);
}

/** A cell that is nowhere: its neighbourhood is zero. Fills the last tile of a list. */
@inline
function nullCell(): u32 {
  return (job(L.HEIGHT) + 3) * job(L.STRIDE) + 1;
}

/** Appends null cells until whole tiles are full; the number of tiles. */
function padList(list: usize, count: i32): i32 {
  const tiles = (count + (L.TILE - 1)) / L.TILE;
  for (let i = count; i < tiles * L.TILE; i++) store<u32>(list + (<usize>i << 2), nullCell());
  return tiles;
}

/** mature = alpha above the threshold, for every cell inside. */
function matureOf(state: usize, mature: usize): void {
  const height = job(L.HEIGHT);
  const width = job(L.WIDTH);
  const cellBytes = <usize>job(L.CHANNELS) << 2;
  for (let row = 1; row <= height; row++) {
    for (let column = 1; column <= width; column++) {
      const cell = <usize>(row * job(L.STRIDE) + column);
      const alpha = load<f32>(state + cell * cellBytes, ALPHA << 2);
      store<u8>(mature + cell, alpha > ALIVE_THRESHOLD ? 255 : 0);
    }
  }
}

/** Lists the pre-alive cells that fire; returns how many. */
function listActive(pre: usize, list: usize, stepKey: u32): i32 {
  const height = job(L.HEIGHT);
  const width = job(L.WIDTH);
  const stride = job(L.STRIDE);
  const threshold = <u32>job(L.FIRE_THRESHOLD);
  let count = 0;
  for (let row = 1; row <= height; row++) {
    const base = row * stride;
    const firstCell = (row - 1) * width - 1;
    for (let column = 0; column < stride; column += 16) {
      let alive = bits(v128.load(pre + <usize>(base + column)));
      while (alive != 0) {
        const at = column + ctz(alive);
        alive &= alive - 1;
        // without a branch: half of the coins would be mispredicted
        store<u32>(list + (<usize>count << 2), base + at);
        count += i32(fires(stepKey, firstCell + at, threshold));
      }
    }
  }
  return count;
}

/** Perception, hidden layer and update of the listed cells; tiles lie tileStride apart (0: all in one place). */
function computeUpdates(state: usize, list: usize, tiles: i32, tile: usize, tileStride: usize, updates: usize): void {
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

/** plane[cell] = alpha + its update above the threshold, for the listed cells. */
function matureAfter(state: usize, list: usize, count: i32, updates: usize, plane: usize): void {
  const channels = job(L.CHANNELS);
  for (let i = 0; i < count; i++) {
    const cell = <usize>load<u32>(list + (<usize>i << 2));
    const tile = updates + (<usize>((i >> 3) * channels + ALPHA) << 5);
    const alpha = load<f32>(state + ((cell * channels) << 2), ALPHA << 2) + load<f32>(tile + (<usize>(i & 7) << 2));
    store<u8>(plane + cell, alpha > ALIVE_THRESHOLD ? 255 : 0);
  }
}

/** Lists the fired cells that are not pre-alive and lie beside a pre-alive cell that is not yet post-alive. */
function listBorder(thread: usize, stepKey: u32): i32 {
  const height = job(L.HEIGHT);
  const width = job(L.WIDTH);
  const stride = job(L.STRIDE);
  const pre = field(thread, L.PRE);
  const post = field(thread, L.POST);
  const seen = field(thread, L.SEEN);
  const list = field(thread, L.BORDER);
  let count = 0;
  for (let row = 1; row <= height; row++) {
    for (let column = 0; column < stride; column += 16) {
      const at = <usize>(row * stride + column);
      let need = bits(v128.andnot(v128.load(pre + at), v128.load(post + at)));
      while (need != 0) {
        const centre = column + ctz(need);
        need &= need - 1;
        for (let y = max(row - 1, 1); y <= min(row + 1, height); y++) {
          for (let x = max(centre - 1, 1); x <= min(centre + 1, width); x++) {
            const cell = <usize>(y * stride + x);
            if ((load<u8>(pre + cell) | load<u8>(seen + cell)) != 0) continue;
            store<u8>(seen + cell, 255);
            if (!fires(stepKey, (y - 1) * width + x - 1, job(L.FIRE_THRESHOLD))) continue;
            store<u32>(list + (<usize>count << 2), <u32>cell);
            count++;
          }
        }
      }
    }
  }
  return count;
}

/** Raises the mature bits of border cells that come alive for a moment, and the post bits beside them. */
function resolveBorder(thread: usize, state: usize, stepKey: u32, next: usize, updates: usize): void {
  memory.fill(field(thread, L.SEEN), 0, job(L.PLANE_BYTES));
  const list = field(thread, L.BORDER);
  const count = listBorder(thread, stepKey);
  if (count == 0) return;
  const tiles = padList(list, count);
  computeUpdates(state, list, tiles, field(thread, L.SCRATCH_TILE), 0, updates);
  matureAfter(state, list, count, updates, next);
  dilate(next, field(thread, L.POST), pointer(L.INSIDE_ROW), job(L.HEIGHT), job(L.STRIDE));
}

function anyOutside(a: usize, b: usize): bool {
  const bytes = <usize>job(L.PLANE_BYTES);
  for (let i: usize = 0; i < bytes; i += 16) {
    if (v128.any_true(v128.andnot(v128.load(a + i), v128.load(b + i)))) return true;
  }
  return false;
}

/** out = a and b, whole planes. */
function intersect(a: usize, b: usize, out: usize): void {
  const bytes = <usize>job(L.PLANE_BYTES);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, v128.and(v128.load(a + i), v128.load(b + i)));
}

/** state[cell] += update, for the listed cells; rows is scratch for 4 cells. */
function applyUpdates(state: usize, list: usize, count: i32, updates: usize, rows: usize): void {
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

/** Zeroes the state of every cell of plane a or b that is not in life. */
export function clearOutside(state: usize, a: usize, b: usize, life: usize): void {
  const cellBytes = <usize>job(L.CHANNELS) << 2;
  const end = <usize>((job(L.HEIGHT) + 1) * job(L.STRIDE));
  for (let at = <usize>job(L.STRIDE); at < end; at += 16) {
    let dead = bits(v128.andnot(v128.or(v128.load(a + at), v128.load(b + at)), v128.load(life + at)));
    while (dead != 0) {
      memory.fill(state + (at + <usize>ctz(dead)) * cellBytes, 0, cellBytes);
      dead &= dead - 1;
    }
  }
}

/** life of this step into the plane `life`; also moves the mature plane on to the new state. */
function updateMasks(thread: usize, state: usize, stepKey: u32, count: i32, tiles: i32, life: usize): void {
  const mask = job(L.MASK);
  const pre = field(thread, L.PRE);
  const post = field(thread, L.POST);
  const mature = field(thread, L.MATURE);
  const next = field(thread, L.NEXT);
  const updates = field(thread, L.UPDATES);
  memory.copy(next, mature, job(L.PLANE_BYTES));
  matureAfter(state, field(thread, L.ACTIVE), count, updates, next);
  if (mask == L.MASK_PRE) {
    memory.copy(life, pre, job(L.PLANE_BYTES));
  } else {
    dilate(next, post, pointer(L.INSIDE_ROW), job(L.HEIGHT), job(L.STRIDE));
    if (anyOutside(pre, post)) {
      const spare = updates + (<usize>(tiles * job(L.CHANNELS)) << 5);
      resolveBorder(thread, state, stepKey, next, spare);
    }
    intersect(pre, post, life);
  }
  intersect(next, life, mature);
}

/** Room for a step on the tape: its active cells, its life plane and its tiles; 0 when memory is out. */
function tapeBlock(sample: usize, step: i32, thread: usize, count: i32, tiles: i32): usize {
  const listBytes = (<usize>tiles * (L.TILE << 2) + (L.LINE - 1)) & ~(L.LINE - 1);
  const planeBytes = (<usize>job(L.PLANE_BYTES) + 2 * L.LINE - 1) & ~(L.LINE - 1);
  const block = allocate(<u64>(<usize>L.LINE + listBytes + planeBytes) + <u64>tiles * <u64>job(L.TILE_STRIDE));
  if (block == 0) return 0;
  const list = block + L.LINE;
  store<u32>(block, count, L.BLOCK_CELLS << 2);
  store<usize>(block, list, L.BLOCK_ACTIVE << 2);
  store<usize>(block, list + listBytes + 16, L.BLOCK_LIFE << 2);
  store<usize>(block, list + listBytes + planeBytes, L.BLOCK_TILES << 2);
  memory.copy(list, field(thread, L.ACTIVE), <usize>tiles * (L.TILE << 2));
  store<usize>(field(sample, L.TAPE) + (<usize>step << 2), block);
  return block;
}

/** The whole rollout of one sample, in place; with a tape when the job asks for one. */
export function growSample(sample: usize, thread: usize): void {
  const taped = job(L.KIND) == L.GROW_TAPED;
  const mask = job(L.MASK);
  const height = job(L.HEIGHT);
  const stride = <usize>job(L.STRIDE);
  const inside = pointer(L.INSIDE_ROW);
  const state = field(sample, L.STATE);
  const mature = field(thread, L.MATURE);
  const pre = field(thread, L.PRE);
  const life = field(thread, L.LIFE);
  const active = field(thread, L.ACTIVE);
  const updates = field(thread, L.UPDATES);
  const key = combine(job(L.RNG_SEED), <u32>field(sample, L.SAMPLE_ID));
  if (mask == L.MASK_NONE) fillInside(pre, inside, height, stride);
  else matureOf(state, mature);
  fillInside(life, inside, height, stride);
  for (let step = 0; step < job(L.STEPS); step++) {
    const stepKey = combine(key, job(L.FIRST_STEP) + step);
    if (mask != L.MASK_NONE) dilate(mature, pre, inside, height, stride);
    const count = listActive(pre, active, stepKey);
    const tiles = padList(active, count);
    let tile = field(thread, L.SCRATCH_TILE);
    let block: usize = 0;
    if (taped) {
      block = tapeBlock(sample, step, thread, count, tiles);
      if (block == 0) return;
      tile = field(block, L.BLOCK_TILES);
    }
    computeUpdates(state, active, tiles, tile, taped ? <usize>job(L.TILE_STRIDE) : 0, updates);
    if (mask != L.MASK_NONE) {
      const post = field(thread, L.NEXT_LIFE);
      updateMasks(thread, state, stepKey, count, tiles, post);
      applyUpdates(state, active, count, updates, field(thread, L.D_ROWS));
      clearOutside(state, life, pre, post);
      memory.copy(life, post, job(L.PLANE_BYTES));
    } else {
      applyUpdates(state, active, count, updates, field(thread, L.D_ROWS));
    }
    if (taped) memory.copy(field(block, L.BLOCK_LIFE), life, job(L.PLANE_BYTES));
  }
}
