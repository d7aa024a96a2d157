// Other pictures of the same pattern, which adversaries are to turn it into.

import { ALPHA, copyCells, RGBA, type Target } from "../cells/cells.js";
import { applyWound, type Wound } from "../cells/wound.js";

/** The picture without what lies in a shape: a lizard without its tail. */
export function without(target: Target, shape: Wound): Target {
  const rest = copyCells(target);
  applyWound(rest, 0, shape);
  return rest;
}

/** The picture with its colours exchanged: `[1, 0, 2]` shows green as red and red as green. */
export function recoloured(target: Target, order: readonly [number, number, number]): Target {
  const other = copyCells(target);
  for (let at = 0; at < other.data.length; at += RGBA)
    for (let colour = 0; colour < ALPHA; colour++) other.data[at + colour] = target.data[at + order[colour]];
  return other;
}

/** Where the tail of `targets/lizard.png` lies, 40 cells long with 16 empty ones on each side: beyond its hind legs. */
const LIZARD_TAIL: Wound = { kind: "half", normalX: 0.45, normalY: 1, distance: 0.42 };

export const CHANGES = ["tailless", "red"] as const;
/** What the lizard is turned into, as in Randazzo et al. 2021: it loses its tail, or green and red change places. */
export type Change = (typeof CHANGES)[number];

/** What changes it: strangers among its cells, or one matrix for all. */
export const MEANS = ["adversaries", "matrix"] as const;
export type Means = (typeof MEANS)[number];

/** The lizard, changed so. */
export function changedLizard(lizard: Target, change: Change): Target {
  return change === "tailless" ? without(lizard, LIZARD_TAIL) : recoloured(lizard, [1, 0, 2]);
}
