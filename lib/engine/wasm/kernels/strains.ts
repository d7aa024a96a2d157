// Which rule each cell follows, and how a strain spreads; see lib/rule/strains.ts for what that means.

import * as L from "../layout";
import { field, job, pointer } from "./job";
import { bits, combine, dilate, fires } from "./masks";
import { wrapPlane } from "./torus";

/** How many tiles this many cells take. */
@inline
export function tilesOf(cells: i32): i32 {
  return (cells + (L.TILE - 1)) / L.TILE;
}

/** How many active cells of a strain a thread has listed. */
@inline
export function countOf(thread: usize, strain: i32): i32 {
  return <i32>field(thread, L.COUNTS + strain);
}

/** out = the alive cells of one strain, whole planes. */
export function ofStrain(strain: i32, pre: usize, strains: usize, out: usize): void {
  const bytes = <usize>job(L.PLANE_BYTES);
  const same = i8x16.splat(<i8>strain);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(out + i, v128.and(v128.load(pre + i), i8x16.eq(v128.load(strains + i), same)));
  }
}

/** next = strain where a cell is near it but not alive. */
function claimDead(strain: i32, near: usize, pre: usize, next: usize): void {
  const bytes = <usize>job(L.PLANE_BYTES);
  const value = i8x16.splat(<i8>strain);
  for (let i: usize = 0; i < bytes; i += 16) {
    const dead = v128.andnot(v128.load(near + i), v128.load(pre + i));
    v128.store(next + i, v128.bitselect(value, v128.load(next + i), dead));
  }
}

/** Does the strain spread at all? */
function isContagious(strain: i32): bool {
  for (let other = 0; other < job(L.STRAINS); other++) {
    if (job(L.SPREAD + strain * L.MAX_STRAINS + other) != 0) return true;
  }
  return false;
}

/** next = strain where an alive cell of another strain is near it and loses the coin toss. */
function infect(strain: i32, near: usize, pre: usize, strains: usize, next: usize, stepKey: u32): void {
  const thresholds = L.SPREAD + strain * L.MAX_STRAINS;
  const width = job(L.WIDTH);
  const stride = job(L.STRIDE);
  const same = i8x16.splat(<i8>strain);
  const key = combine(stepKey, 1 + strain);
  for (let row = 1; row <= job(L.HEIGHT); row++) {
    for (let column = 0; column < stride; column += 16) {
      const at = <usize>(row * stride + column);
      const alive = v128.and(v128.load(near + at), v128.load(pre + at));
      let others = bits(v128.andnot(alive, i8x16.eq(v128.load(strains + at), same)));
      while (others != 0) {
        const x = ctz(others);
        others &= others - 1;
        const cell = (row - 1) * width + column + x - 1;
        const own = <i32>load<u8>(strains + at + <usize>x);
        if (fires(key, cell, job(thresholds + own))) store<u8>(next + at + <usize>x, <u8>strain);
      }
    }
  }
}

/** The strains of all cells before a step, in place. */
export function spreadStrains(thread: usize, strains: usize, stepKey: u32): void {
  const pre = field(thread, L.PRE);
  const alive = field(thread, L.SEEN);
  const near = field(thread, L.POST);
  const next = field(thread, L.NEXT);
  const bytes = <usize>job(L.PLANE_BYTES);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(next + i, v128.and(v128.load(strains + i), v128.load(pre + i)));
  }
  for (let strain = 0; strain < job(L.STRAINS); strain++) {
    ofStrain(strain, pre, strains, alive);
    wrapPlane(alive);
    dilate(alive, near, pointer(L.INSIDE_ROW), job(L.HEIGHT), job(L.STRIDE));
    claimDead(strain, near, pre, next);
    if (isContagious(strain)) infect(strain, near, pre, strains, next, stepKey);
  }
  memory.copy(strains, next, bytes);
}
