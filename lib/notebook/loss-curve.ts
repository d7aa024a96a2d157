// Thousands of noisy losses as an outline and a line that fit a chart and a small file.

import { median as medianOf } from "../cells/statistics.js";

/** The loss of one training step; not finite where the loss was 0, infinite or not a number. */
export interface Point {
  readonly step: number;
  readonly logLoss: number;
}

export interface Summary {
  /** Outline of all points, every spike kept: the lowest of each bin from left to right, then the highest back. */
  readonly range: readonly Point[];
  /** Median around each bin, at the bin's last step. */
  readonly median: readonly Point[];
}

const BINS = 200;
/** The median looks back and ahead by this share of all steps. */
const REACH = 1 / 60;

/** At most 200 bins: two points of the outline and one median per bin. Points that are not finite are left out. */
export function summary(points: readonly Point[]): Summary {
  const finite = points.filter(({ logLoss }) => Number.isFinite(logLoss));
  const size = Math.max(1, Math.ceil(finite.length / BINS));
  const reach = Math.floor(finite.length * REACH);
  const [lowest, highest, median]: Point[][] = [[], [], []];
  for (let from = 0; from < finite.length; from += size) {
    const to = Math.min(from + size, finite.length);
    const { step } = finite[to - 1];
    const bin = finite.slice(from, to).map(({ logLoss }) => logLoss);
    const around = finite.slice(Math.max(0, from - reach), to + reach).map(({ logLoss }) => logLoss);
    lowest.push({ step, logLoss: Math.min(...bin) });
    highest.push({ step, logLoss: Math.max(...bin) });
    median.push({ step, logLoss: medianOf(around) ?? Number.NaN });
  }
  return { range: [...lowest, ...highest.reverse()], median };
}
