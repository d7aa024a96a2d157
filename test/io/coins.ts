// What other tools are given so that their CA steps are ours: the same coins, and states channel by channel.
import type { Cells } from "../../lib/cells/cells.js";
import { combine, fires, fireThreshold } from "../../lib/cells/random.js";
import type { RuleSpec } from "../../lib/rule/spec.js";

/** The coins that our engines toss: 1 where a cell fires, else 0, [steps, N, 1, H, W]. */
export function coinsOf(
  { count, height, width }: Cells,
  { fireRate }: RuleSpec,
  { steps, rngSeed, firstStep = 0 }: { steps: number; rngSeed: number; firstStep?: number },
): Float32Array {
  const area = height * width;
  const threshold = fireThreshold(fireRate);
  return Float32Array.from({ length: steps * count * area }, (_, i) => {
    const step = firstStep + Math.floor(i / (area * count));
    const sample = Math.floor(i / area) % count;
    return Number(fires(combine(combine(rngSeed, sample), step), i % area, threshold));
  });
}

/** [N, H, W, C] as [N, C, H, W]. */
export function channelsFirst({ data, height, width, channels }: Cells): Float32Array {
  const area = height * width;
  return data.map((_, i) => {
    const [sample, rest] = [Math.floor(i / (area * channels)), i % (area * channels)];
    return data[(sample * area + (rest % area)) * channels + Math.floor(rest / area)];
  });
}

/** The largest difference between cells and the same [N, C, H, W] of another tool, in the first channels. */
export function worstDifference(cells: Cells, other: Float32Array, channels = cells.channels): number {
  const area = cells.height * cells.width;
  if (cells.data.length !== other.length)
    throw new Error(`${cells.data.length} numbers, not ${other.length}`);
  return channelsFirst(cells).reduce((most, x, i) => {
    const isSeen = Math.floor(i / area) % cells.channels < channels;
    return isSeen ? Math.max(most, Math.abs(x - other[i])) : most;
  }, 0);
}
