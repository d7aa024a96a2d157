// Which cells live after a step. With the pre-and-post mask a fired cell that is not pre-alive can still raise the
// post-alive bit of a neighbour: such border cells are computed only when no other cell has raised that bit already.

import * as L from "../layout";
import { field, job, pointer } from "./job";
import { listBorder, listBorderOf, padList } from "./lists";
import { bits, dilate, fillInside } from "./masks";
import { countOf, tilesOf } from "./strains";
import { halfBytes, tileBytes } from "./tile";
import { wrapPlane } from "./torus";
import { computeUpdates } from "./update";

/** Is a cell with this value in the alive channel mature? */
@inline
function isMature(value: f32): bool {
  return value > load<f32>(L.JOB + (L.ALIVE_THRESHOLD << 2));
}

/** Does an input say which cells live? */
function isAliveAnInput(): bool {
  return load<u32>(pointer(L.UPDATED_ROW) + (<usize>job(L.ALIVE_CHANNEL) << 2)) == 0;
}

/** mature = the alive channel above the threshold, for every cell inside. */
export function matureOf(state: usize, mature: usize): void {
  const height = job(L.HEIGHT);
  const width = job(L.WIDTH);
  const cellBytes = <usize>job(L.CHANNELS) << 2;
  const channel = <usize>job(L.ALIVE_CHANNEL) << 2;
  for (let row = 1; row <= height; row++) {
    for (let column = 1; column <= width; column++) {
      const cell = <usize>(row * job(L.STRIDE) + column);
      const value = load<f32>(state + cell * cellBytes + channel);
      store<u8>(mature + cell, isMature(value) ? 255 : 0);
    }
  }
}

/** alive = the cells that the mature ones make alive, inside the grid. */
export function aliveOf(mature: usize, alive: usize): void {
  if (job(L.ALIVE_REACH) == L.REACH_CELL) {
    memory.copy(alive, mature, job(L.PLANE_BYTES));
    return;
  }
  wrapPlane(mature);
  dilate(mature, alive, pointer(L.INSIDE_ROW), job(L.HEIGHT), job(L.STRIDE));
}

/** plane[cell] = the alive channel and its update above the threshold, for the listed cells. */
function matureAfter(state: usize, list: usize, count: i32, updates: usize, plane: usize): void {
  const channels = job(L.CHANNELS);
  const channel = job(L.ALIVE_CHANNEL);
  for (let i = 0; i < count; i++) {
    const cell = load<u32>(list + (<usize>i << 2));
    const values = updates + <usize>(i >> 2) * halfBytes(channels) + (<usize>channel << 4);
    const value = load<f32>(state + (<usize>(cell * channels + channel) << 2));
    store<u8>(plane + <usize>cell, isMature(value + load<f32>(values + (<usize>(i & 3) << 2))) ? 255 : 0);
  }
}

/** Raises the mature bits of border cells that come alive for a moment, and the post bits beside them. */
function resolveBorder(
  thread: usize, state: usize, strains: usize, stepKey: u32, next: usize, updates: usize,
): void {
  memory.fill(field(thread, L.SEEN), 0, job(L.PLANE_BYTES));
  const count = listBorder(thread, stepKey);
  if (count == 0) return;
  const all = field(thread, L.BORDER);
  const mixed = job(L.STRAINS) > 1;
  const list = mixed ? field(thread, L.ONE_STRAIN) : all; // one strain has no plane of strains
  for (let strain = 0; strain < job(L.STRAINS); strain++) {
    const found = mixed ? listBorderOf(strain, all, list, strains, count) : count;
    const tiles = padList(list, found);
    computeUpdates(strain, state, list, tiles, field(thread, L.SCRATCH_TILE), 0, updates);
    matureAfter(state, list, found, updates, next);
  }
  aliveOf(next, field(thread, L.POST));
}

/** Is there a cell in plane a that is not in plane b? */
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

/** The mature cells after a step: of those that died, the ones whose alive channel is mature all the same. */
function keepMature(next: usize, life: usize, mature: usize): void {
  if (isMature(0)) fillInside(mature, pointer(L.INSIDE_ROW), job(L.HEIGHT), job(L.STRIDE));
  else memory.fill(mature, 0, job(L.PLANE_BYTES));
  const bytes = <usize>job(L.PLANE_BYTES);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(mature + i, v128.bitselect(v128.load(next + i), v128.load(mature + i), v128.load(life + i)));
  }
}

/** Zeroes all but the inputs of a cell that died. */
@inline
function clear(cell: usize, cellBytes: usize): void {
  const updated = pointer(L.UPDATED_ROW);
  for (let at: usize = 0; at < cellBytes; at += 16) {
    v128.store(cell + at, v128.andnot(v128.load(cell + at), v128.load(updated + at)));
  }
}

/** Zeroes the state of every cell of plane a or b that is not in life, except its inputs. */
export function clearOutside(state: usize, a: usize, b: usize, life: usize): void {
  const cellBytes = <usize>job(L.CHANNELS) << 2;
  const end = <usize>((job(L.HEIGHT) + 1) * job(L.STRIDE));
  for (let at = <usize>job(L.STRIDE); at < end; at += 16) {
    let dead = bits(v128.andnot(v128.or(v128.load(a + at), v128.load(b + at)), v128.load(life + at)));
    while (dead != 0) {
      clear(state + (at + <usize>ctz(dead)) * cellBytes, cellBytes);
      dead &= dead - 1;
    }
  }
}

/** `matureAfter` for all active cells. */
function matureAfterAll(thread: usize, state: usize, plane: usize): void {
  let list = field(thread, L.ACTIVE);
  let updates = field(thread, L.UPDATES);
  for (let strain = 0; strain < job(L.STRAINS); strain++) {
    const count = countOf(thread, strain);
    matureAfter(state, list, count, updates, plane);
    list += <usize>(tilesOf(count) * L.TILE) << 2;
    updates += <usize>tilesOf(count) * tileBytes(job(L.CHANNELS));
  }
}

/** Writes which cells live after this step into the plane `life`; also moves the mature plane on to the new state. */
export function updateMasks(
  thread: usize, state: usize, strains: usize, stepKey: u32, tiles: i32, life: usize,
): void {
  const pre = field(thread, L.PRE);
  const post = field(thread, L.POST);
  const mature = field(thread, L.MATURE);
  const next = field(thread, L.NEXT);
  if (isAliveAnInput()) {
    memory.copy(life, pre, job(L.PLANE_BYTES)); // they live after the step as before it
    return;
  }
  memory.copy(next, mature, job(L.PLANE_BYTES));
  matureAfterAll(thread, state, next);
  if (job(L.MASK) == L.MASK_PRE) {
    memory.copy(life, pre, job(L.PLANE_BYTES));
  } else {
    aliveOf(next, post);
    if (job(L.ALIVE_REACH) == L.REACH_NEIGHBOURHOOD && anyOutside(pre, post)) {
      const spare = field(thread, L.UPDATES) + <usize>tiles * tileBytes(job(L.CHANNELS));
      resolveBorder(thread, state, strains, stepKey, next, spare);
    }
    intersect(pre, post, life);
  }
  keepMature(next, life, mature);
}
