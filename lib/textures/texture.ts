// A texture: cells on a torus that all live, start from noise, and become an endless pattern. Source: Niklasson et al. 2021,
// "Self-Organising Textures" (Distill).

import { ALPHA, type Cells, emptyCells } from "../cells/cells.js";
import type { Random } from "../cells/random.js";
import type { RuleSpec } from "../rule/spec.js";

/**
 * The rule of a texture: the paper's 12 channels and 96 hidden units. Alpha is an input: where it is 1 there is cloth, and a cell
 * lives.
 */
export const TEXTURE_SPEC = {
  perception: "laplacian",
  channels: 12,
  hidden: 96,
  boundary: "torus",
  inputs: [ALPHA],
  aliveReach: "cell",
  aliveMask: "pre",
} satisfies Partial<RuleSpec>;

/** Cloth that nothing has been woven into: grey, and hidden channels of weak noise, [1, side, side, channels]. */
export function blankCloth(side: number, random: Random, channels: number = TEXTURE_SPEC.channels): Cells {
  const cells = emptyCells(1, side, side, channels);
  const { data } = cells;
  for (let at = 0; at < data.length; at += channels) {
    for (let c = 0; c < channels; c++) data[at + c] = c < ALPHA ? GREY : random.uniform(-NOISE, NOISE);
    data[at + ALPHA] = 1;
  }
  return cells;
}
const GREY = 0.5;
const NOISE = 0.05;
