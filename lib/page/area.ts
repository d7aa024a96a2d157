// Copying a part of one grid into another.

import type { Cells } from "../cells/cells.js";

/**
 * Copies the cells of one grid into another, with their strains where both have them: the upper left cell comes to
 * column `left` and row `top`, and what lies beyond the other grid is lost. With `which`, only the cells of these numbers.
 */
export function copyArea(
  from: Cells,
  to: Cells,
  left: number,
  top: number,
  which: (cell: number) => boolean = () => true,
): void {
  const { channels } = from;
  for (let y = Math.max(0, -top); y < Math.min(from.height, to.height - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(from.width, to.width - left); x++) {
      const cell = y * from.width + x;
      if (!which(cell)) continue;
      const at = (y + top) * to.width + x + left;
      to.data.set(from.data.subarray(cell * channels, (cell + 1) * channels), at * channels);
      if (from.strains && to.strains) to.strains[at] = from.strains[cell];
    }
  }
}
