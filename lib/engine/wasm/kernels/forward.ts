// A rollout of one sample, sparse but exact: only cells that fired and can matter are computed.
//
// x' = (x + fire * dx) * life. A cell that is not pre-alive ends as zero, so its dx is not needed; the one exception,
// a border cell that keeps a neighbour alive, is in life.ts.

import * as L from "../layout";
import { failed, field, job, pointer, tick } from "./job";
import { aliveOf, clearOutside, matureOf, updateMasks } from "./life";
import { listActive } from "./lists";
import { combine, fillInside } from "./masks";
import { spreadStrains } from "./strains";
import { tapeBlock } from "./tape";
import { wrapState } from "./torus";
import { applyUpdates, shareUpdates } from "./update";

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
  const strains = field(sample, L.STRAIN_PLANE);
  const key = combine(job(L.RNG_SEED), <u32>field(sample, L.SAMPLE_ID));
  if (mask == L.MASK_NONE) fillInside(pre, inside, height, stride);
  else matureOf(state, mature);
  fillInside(life, inside, height, stride);
  for (let step = 0; step < job(L.STEPS); step++) {
    tick();
    const stepKey = combine(key, job(L.FIRST_STEP) + step);
    if (mask != L.MASK_NONE) aliveOf(mature, pre);
    if (job(L.STRAINS) > 1) spreadStrains(thread, strains, stepKey);
    const tiles = listActive(thread, strains, stepKey);
    let block: usize = 0;
    if (taped) {
      block = tapeBlock(sample, step, thread, tiles);
      if (block == 0) return;
    }
    wrapState(state);
    shareUpdates(thread, state, tiles, block);
    if (failed()) return;
    if (mask != L.MASK_NONE) {
      const nextLife = field(thread, L.NEXT_LIFE);
      updateMasks(thread, state, strains, stepKey, tiles, nextLife);
      applyUpdates(thread, state);
      clearOutside(state, life, pre, nextLife);
      memory.copy(life, nextLife, job(L.PLANE_BYTES));
    } else {
      applyUpdates(thread, state);
    }
    if (taped) memory.copy(field(block, L.BLOCK_LIFE), life, job(L.PLANE_BYTES));
  }
}
