// A texture: cells on a torus that all live, start from nothing but their coin tosses, and become an endless pattern. Source:
// Niklasson et al. 2021, "Self-Organising Textures" (Distill).

import { ALPHA } from "../cells/cells.js";
import { isDrawn } from "../rule/seeds.js";
import type { RuleSpec } from "../rule/spec.js";

/**
 * The rule of a texture: the paper's 12 channels and 96 hidden units. Alpha is an input: where it is 1 there is cloth, and a cell
 * lives. `seedFor` makes a cloth that nothing has been woven into.
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

/** Whether a rule is a texture's: on a torus, with alpha as its only input, which says of each cell alone whether it lives. */
export function isTexture(spec: RuleSpec): boolean {
  const { boundary, aliveReach, inputs } = spec;
  return isDrawn(spec) && boundary === "torus" && aliveReach === "cell" && inputs.join() === `${ALPHA}`;
}
