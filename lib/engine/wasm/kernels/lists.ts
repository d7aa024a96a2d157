// Which cells a step computes, as lists of their places in the state.

import * as L from "../layout";
import { field, job } from "./job";
import { bits, fires } from "./masks";
import { ofStrain, tilesOf } from "./strains";
import { wrapped } from "./torus";

/** A cell outside the grid, whose neighbourhood is zero. It fills up the last tile of a list. */
@inline
function nullCell(): u32 {
  return (job(L.HEIGHT) + 3) * job(L.STRIDE) + 1;
}

/** Appends null cells until whole tiles are full; returns the number of tiles. */
export function padList(list: usize, count: i32): i32 {
  const tiles = tilesOf(count);
  for (let i = count; i < tiles * L.TILE; i++) store<u32>(list + (<usize>i << 2), nullCell());
  return tiles;
}

/** 16 cells of a row of a plane; none below the grid. */
@inline
function rowOf(plane: usize, row: i32, column: i32): v128 {
  return row > job(L.HEIGHT) ? i8x16.splat(0) : v128.load(plane + <usize>(row * job(L.STRIDE) + column));
}

/** The bits of 4 x 16 cells, column after column. */
@inline
function columnBits(a: v128, b: v128, c: v128, d: v128): u64 {
  const ac = v128.shuffle<i8>(a, c, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const bd = v128.shuffle<i8>(b, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const ac8 = v128.shuffle<i8>(a, c, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const bd8 = v128.shuffle<i8>(b, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const first = v128.shuffle<i8>(ac, bd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const second = v128.shuffle<i8>(ac, bd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const third = v128.shuffle<i8>(ac8, bd8, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const fourth = v128.shuffle<i8>(ac8, bd8, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  return <u64>bits(first) | (<u64>bits(second) << 16) | (<u64>bits(third) << 32) | (<u64>bits(fourth) << 48);
}

/**
 * Lists the cells of a plane that fire, in bands of four rows, column after column: the 8 cells of a tile are near each
 * other, so that they have more hidden units in common that are zero. Returns how many.
 */
function listFiring(plane: usize, list: usize, stepKey: u32): i32 {
  const height = job(L.HEIGHT);
  const width = job(L.WIDTH);
  const stride = job(L.STRIDE);
  const threshold = <u32>job(L.FIRE_THRESHOLD);
  let count = 0;
  for (let row = 1; row <= height; row += 4) {
    for (let column = 0; column < stride; column += 16) {
      let alive = columnBits(
        rowOf(plane, row, column), rowOf(plane, row + 1, column), rowOf(plane, row + 2, column),
        rowOf(plane, row + 3, column));
      while (alive != 0) {
        const bit = <i32>ctz(alive);
        alive &= alive - 1;
        const y = row + (bit & 3);
        const x = column + (bit >> 2);
        // without a branch: half of the coins would be mispredicted
        store<u32>(list + (<usize>count << 2), y * stride + x);
        count += i32(fires(stepKey, (y - 1) * width + x - 1, threshold));
      }
    }
  }
  return count;
}

/** Lists the pre-alive cells that fire, strain after strain, each starting a new tile; returns the number of tiles. */
export function listActive(thread: usize, strains: usize, stepKey: u32): i32 {
  const pre = field(thread, L.PRE);
  const alive = field(thread, L.SEEN);
  const list = field(thread, L.ACTIVE);
  let tiles = 0;
  for (let strain = 0; strain < job(L.STRAINS); strain++) {
    const from = list + (<usize>(tiles * L.TILE) << 2);
    if (job(L.STRAINS) > 1) ofStrain(strain, pre, strains, alive);
    const count = listFiring(job(L.STRAINS) > 1 ? alive : pre, from, stepKey);
    store<i32>(thread + (<usize>(L.COUNTS + strain) << 2), count);
    tiles += padList(from, count);
  }
  return tiles;
}

/** Lists at `to` those of the listed border cells that are of one strain; returns how many. */
export function listBorderOf(strain: i32, from: usize, to: usize, strains: usize, count: i32): i32 {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const cell = load<u32>(from + (<usize>i << 2));
    store<u32>(to + (<usize>found << 2), cell);
    found += i32(load<u8>(strains + <usize>cell) == strain);
  }
  return found;
}

/** Lists the fired cells that are not pre-alive and lie beside a pre-alive cell that is not yet post-alive. */
export function listBorder(thread: usize, stepKey: u32): i32 {
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
        for (let dy = -1; dy <= 1; dy++) {
          const y = wrapped(row + dy, height);
          if (y < 1 || y > height) continue;
          for (let dx = -1; dx <= 1; dx++) {
            const x = wrapped(centre + dx, width);
            if (x < 1 || x > width) continue;
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
