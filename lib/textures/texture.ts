// A texture: cells on a torus that all live, start from nothing but their coin tosses, and become an endless pattern. Source:
// Niklasson et al. 2021, "Self-Organising Textures" (Distill).

import { ALPHA } from "../cells/cells.js";
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
