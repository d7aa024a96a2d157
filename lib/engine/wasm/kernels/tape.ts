// What a step leaves for the backward pass. A thread takes memory for several steps at a time: tiles are as long as they
// have live units, so a step that one thread computed gives back what it did not need.

import * as L from "../layout";
import { allocatable, allocate, field, job } from "./job";

/** What a thread takes at a time: room for so many steps like this one, but not less than so many bytes. */
const PIECE_STEPS: u64 = 8;
const PIECE: u64 = 1 << 16;

@inline
function lines(bytes: usize): usize {
  return (bytes + (L.LINE - 1)) & ~(L.LINE - 1);
}

/** Makes sure that so many bytes of a thread's own follow TAPE_NEXT; false when memory has run out. */
function reserve(thread: usize, bytes: u64): bool {
  const end = field(thread, L.TAPE_END);
  if (<u64>field(thread, L.TAPE_NEXT) + bytes <= <u64>end) return true;
  const size = max(bytes, min(max(PIECE_STEPS * bytes, PIECE), allocatable()));
  const at = allocate(size);
  if (at == 0) return false;
  if (at != end) store<usize>(thread, at, L.TAPE_NEXT << 2);
  store<usize>(thread, at + <usize>size, L.TAPE_END << 2);
  return true;
}

/** Makes room for a step on the tape: its active cells, its life plane and its tiles; 0 when memory has run out. */
export function tapeBlock(sample: usize, step: i32, thread: usize, tiles: i32): usize {
  const listBytes = lines(<usize>tiles * (L.TILE << 2));
  const planeBytes = lines(<usize>job(L.PLANE_BYTES) + L.LINE);
  const tableBytes = lines(<usize>tiles << 2);
  const before = <usize>L.LINE + listBytes + planeBytes + tableBytes;
  if (!reserve(thread, <u64>before + <u64>tiles * <u64>job(L.TILE_BYTES) + L.LINE)) return 0;
  const block = field(thread, L.TAPE_NEXT);
  const list = block + L.LINE;
  store<usize>(block, list, L.BLOCK_ACTIVE << 2);
  store<usize>(block, list + listBytes + 16, L.BLOCK_LIFE << 2);
  store<usize>(block, list + listBytes + planeBytes, L.BLOCK_TABLE << 2);
  store<usize>(block, block + before, L.BLOCK_TILES << 2);
  memory.copy(block + (L.BLOCK_COUNTS << 2), thread + (L.COUNTS << 2), L.MAX_STRAINS << 2);
  memory.copy(list, field(thread, L.ACTIVE), <usize>tiles * (L.TILE << 2));
  store<usize>(field(sample, L.TAPE) + (<usize>step << 2), block);
  return block;
}

/** Ends a step's room where its last tile does: memory up to there is taken, what follows is free. */
export function endBlock(thread: usize, end: usize): void {
  store<usize>(thread, lines(end), L.TAPE_NEXT << 2);
}
