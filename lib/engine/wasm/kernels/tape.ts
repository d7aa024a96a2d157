// What a step leaves for the backward pass.

import * as L from "../layout";
import { allocate, field, job } from "./job";

/** Makes room for a step on the tape: its active cells, its life plane and its tiles; 0 when memory has run out. */
export function tapeBlock(sample: usize, step: i32, thread: usize, tiles: i32): usize {
  const listBytes = (<usize>tiles * (L.TILE << 2) + (L.LINE - 1)) & ~(L.LINE - 1);
  const planeBytes = (<usize>job(L.PLANE_BYTES) + 2 * L.LINE - 1) & ~(L.LINE - 1);
  const block = allocate(<u64>(<usize>L.LINE + listBytes + planeBytes) + <u64>tiles * <u64>job(L.TILE_STRIDE));
  if (block == 0) return 0;
  const list = block + L.LINE;
  store<usize>(block, list, L.BLOCK_ACTIVE << 2);
  store<usize>(block, list + listBytes + 16, L.BLOCK_LIFE << 2);
  store<usize>(block, list + listBytes + planeBytes, L.BLOCK_TILES << 2);
  memory.copy(block + (L.BLOCK_COUNTS << 2), thread + (L.COUNTS << 2), L.MAX_STRAINS << 2);
  memory.copy(list, field(thread, L.ACTIVE), <usize>tiles * (L.TILE << 2));
  store<usize>(field(sample, L.TAPE) + (<usize>step << 2), block);
  return block;
}
