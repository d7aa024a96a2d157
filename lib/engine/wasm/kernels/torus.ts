// On a torus the padding around a grid, one cell wide, holds copies of the cells at the opposite edge: then perception and
// masks need not know where a grid ends. Elsewhere these functions do nothing, and the padding stays zero.

import * as L from "../layout";
import { job } from "./job";

@inline
function isTorus(): bool {
  return job(L.BOUNDARY) == L.BOUNDARY_TORUS;
}

/** The number of a row or column, 1 to `size`, on the other side of the grid if there is one; else as it is. */
export function wrapped(at: i32, size: i32): i32 {
  if (!isTorus()) return at;
  return at < 1 ? size : at > size ? 1 : at;
}

/** Copies the edges of rows of cells, so many bytes each, into the padding beyond the opposite edges. */
function wrap(start: usize, cellBytes: usize): void {
  const rowBytes = <usize>job(L.STRIDE) * cellBytes;
  const height = <usize>job(L.HEIGHT);
  const last = <usize>job(L.WIDTH) * cellBytes;
  for (let row: usize = 1; row <= height; row++) {
    const at = start + row * rowBytes;
    memory.copy(at, at + last, cellBytes);
    memory.copy(at + last + cellBytes, at + cellBytes, cellBytes);
  }
  const bytes = last + 2 * cellBytes;
  memory.copy(start, start + height * rowBytes, bytes);
  memory.copy(start + (height + 1) * rowBytes, start + rowBytes, bytes);
}

/** The same of a state. */
export function wrapState(state: usize): void {
  if (isTorus()) wrap(state, <usize>job(L.CHANNELS) << 2);
}

/** The same of a plane. */
export function wrapPlane(plane: usize): void {
  if (isTorus()) wrap(plane, 1);
}

/** Adds `bytes` bytes of numbers to others, and zeroes them. */
function move(from: usize, to: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
    v128.store(from + at, f32x4.splat(0));
  }
}

/** `wrapState` in reverse: adds the gradient of the padding to that of the cells it is copied from. */
export function foldGradient(dState: usize): void {
  if (!isTorus()) return;
  const cellBytes = <usize>job(L.CHANNELS) << 2;
  const rowBytes = <usize>job(L.STRIDE) * cellBytes;
  const height = <usize>job(L.HEIGHT);
  const last = <usize>job(L.WIDTH) * cellBytes;
  const bytes = last + 2 * cellBytes;
  move(dState, dState + height * rowBytes, bytes);
  move(dState + (height + 1) * rowBytes, dState + rowBytes, bytes);
  for (let row: usize = 1; row <= height; row++) {
    const at = dState + row * rowBytes;
    move(at, at + last, cellBytes);
    move(at + last + cellBytes, at + cellBytes, cellBytes);
  }
}
