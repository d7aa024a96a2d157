// What can be said of a target before anything is trained: whether it is opaque, a fingerprint.

import { ALPHA, type Cells, RGBA, type Target } from "../cells/cells.js";
import { hashOf, hex } from "../cells/random.js";

/** Alpha from which a cell counts as opaque: a resampled 1 may be a little less. */
const OPAQUE = 0.999;

/**
 * Eight hexadecimal digits that stand for a target's numbers. A picture that is no PNG may be decoded to other numbers
 * on another machine: two trainings are the same only where this is. A rule's recipe keeps it, in its task.
 */
export function fingerprintOf({ data }: Target): string {
  return hex(hashOf(data));
}

/**
 * Whether the picture in a target fills its whole rectangle, as a photo without transparency does: a rule then has to
 * grow the background too.
 */
export function isOpaque(target: Target): boolean {
  const { width } = target;
  const alpha = alphas(target);
  const cells = Array.from(alpha.keys()).filter((cell) => alpha[cell] > 0);
  const columns = cells.map((cell) => cell % width);
  const [top, bottom] = [cells[0], cells[cells.length - 1]].map((cell) => Math.floor(cell / width));
  const span = columns.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [width, -1]);
  const area = (bottom - top + 1) * (span[1] - span[0] + 1);
  return cells.length === area && cells.every((cell) => alpha[cell] >= OPAQUE);
}

function alphas({ data }: Cells): Float32Array {
  return Float32Array.from({ length: data.length / RGBA }, (_, cell) => data[cell * RGBA + ALPHA]);
}
