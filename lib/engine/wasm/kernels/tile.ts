// How the numbers of 8 cells lie. A tile is two halves of 4 cells, [row][4] each, where a row is a channel or a feature;
// a vector holds one row of 4 cells, and the rows that are read one after the other lie side by side.
//
// On the tape follow a tile's perception: how many hidden units are live, which ones, and their values, [live][8]. A
// unit is live where it is not zero in all of the 8 cells. The others are zero, and so are their gradients: with finite
// weights nothing that they take part in changes by them, so nothing is computed.

import * as L from "../layout";
import { job } from "./job";

/** Three units more than there can be end the list, so that four can be taken at a time: see hiddenBackward. */
const SPARE: usize = 3;

/** Bytes from the first half of a tile with so many rows to the second. */
@inline
export function halfBytes(rows: i32): usize {
  return (<usize>rows << 4) + L.HALF_GAP;
}

/** Bytes of a tile with so many rows. */
@inline
export function tileBytes(rows: i32): usize {
  return 2 * halfBytes(rows);
}

/** Where the count of live units lies. */
@inline
export function liveOf(tile: usize): usize {
  return tile + tileBytes(job(L.CHANNELS) * job(L.FILTERS));
}

/** Where the list of live units lies, 16 bits each. */
@inline
export function unitsOf(tile: usize): usize {
  return liveOf(tile) + 4;
}

/** Where the live units' values lie. */
@inline
export function hiddenOf(tile: usize): usize {
  return liveOf(tile) + <usize>job(L.UNITS_BYTES);
}

/** Ends the list of live units, with the unit after the last; returns where the next tile can lie. */
export function endTile(tile: usize, live: i32): usize {
  store<i32>(liveOf(tile), live);
  const end = unitsOf(tile) + (<usize>live << 1);
  for (let i: usize = 0; i < SPARE; i++) store<u16>(end + (i << 1), <u16>job(L.HIDDEN));
  return hiddenOf(tile) + (<usize>live << 5);
}

/**
 * Reads a number of each of a tile's cache lines, and adds them up: the tape is far away, and what is asked for at once
 * arrives at once. The sum means nothing; store it, or the compiler leaves this out.
 */
export function touch(tile: usize): u32 {
  const end = hiddenOf(tile) + (<usize>load<i32>(liveOf(tile)) << 5);
  let sum: u32 = 0;
  for (; tile < end; tile += L.LINE) sum += load<u32>(tile);
  return sum;
}
