// Cell states with many colours, the same in every run.

import type { Cells } from "../../lib/cells/cells.js";
import { emptyCells } from "../../lib/cells/cells.js";

/** Coloured discs that grow with `age`, one a sample, [count, size, size, 16]. */
export function discs(age: number, count = 1, size = 24): Cells {
  const cells = emptyCells(count, size, size, 16);
  for (let cell = 0; cell < count * size * size; cell++) {
    const x = cell % size;
    const y = Math.floor(cell / size) % size;
    const sample = Math.floor(cell / (size * size));
    const distance = Math.hypot(x - size / 2, y - size / 2);
    const alpha = Math.min(1, Math.max(0, (2 + age + sample - distance) / 3));
    const rgb = [0.5 + 0.5 * Math.sin(x / 3), 0.5 + 0.5 * Math.cos(y / 2), x / size];
    cells.data.set([...rgb.map((ink) => ink * alpha), alpha], cell * 16);
    cells.data.fill(alpha * Math.sin(distance), cell * 16 + 4, cell * 16 + 16);
  }
  return cells;
}
