// Which cells live, and which rule each of them follows.

import { combine, fires, fireThreshold } from "../../cells/random.js";
import { isMature, type RuleSpec } from "../../rule/spec.js";
import type { Strains } from "../../rule/strains.js";
import type { Grid, Numbers } from "./grid.js";

/** 1 for every cell that is alive, else 0, [area]: by its neighbourhood or by itself, as the rule specifies. */
export function aliveMask({ area, channels, neighbours }: Grid, spec: RuleSpec, state: Numbers): Uint8Array {
  const mature = Uint8Array.from({ length: area }, (_, cell) =>
    Number(isMature(spec, state[cell * channels + spec.aliveChannel])),
  );
  if (spec.aliveReach === "cell") return mature;
  return mature.map((_, cell) => {
    for (let j = 0; j < 9; j++) if (mature[neighbours[cell * 9 + j]]) return 1; // beyond the edge is undefined
    return 0;
  });
}

/**
 * The strains of all cells before a step; see `Strains`.
 *
 * @param strainOf [area], overwritten
 * @param pre [area], which cells are alive
 */
export function spreadStrains(
  { spread }: Strains,
  { neighbours }: Grid,
  strainOf: Uint8Array,
  pre: Uint8Array,
  stepKey: number,
): void {
  const next = strainOf.map((own, cell) => {
    const around = neighbours.subarray(cell * 9, cell * 9 + 9).filter((neighbour) => pre[neighbour]);
    let strain = pre[cell] ? own : 0;
    spread.forEach((chances, other) => {
      if (!around.some((neighbour) => strainOf[neighbour] === other)) return;
      const coin = () => fires(combine(stepKey, 1 + other), cell, fireThreshold(chances[own]));
      if (!pre[cell] || (own !== other && coin())) strain = other;
    });
    return strain;
  });
  strainOf.set(next);
}
