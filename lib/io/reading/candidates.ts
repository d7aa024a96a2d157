// The readings of a rule to try: its family's, or those that people's code has, with what the caller gives over them.
import type { FoundModel } from "../layers/find.js";
import type { Family } from "./families.js";
import { DISTILLS, FEATURE_ORDERS, givenOf, type Reading, type ReadOptions } from "./reading.js";

/** By how much filters are larger than ours. */
type Scales = readonly [sobel: number, laplacian: number];

/** Filters as Distill has them, and whole ones. */
const DIVIDED: Scales = [1, 1];
const WHOLE: Scales = [8, 4];
/** Laplacians are divided by 4, 8 or 16. */
const SCALES: Readonly<Record<number, readonly Scales[]>> = {
  3: [DIVIDED, WHOLE],
  4: [DIVIDED, WHOLE, [1, 0.5], [1, 0.25]],
};
/** Versions of the textures' notebook have whole filters, or a Sobel filter divided by 8 and a Laplacian by 16. */
const TEXTURES: readonly Scales[] = [WHOLE, [1, 0.25]];

/** Of these scales those that go with what the caller gives; one that nobody has makes the Laplacian grow with it. */
function scalesOf({ sobelScale, laplacianScale }: ReadOptions, usual: readonly Scales[]): readonly Scales[] {
  const known = usual.filter(([sobel]) => sobelScale === undefined || sobel === sobelScale);
  const derived: Scales[] = sobelScale === undefined ? [] : [[sobelScale, Math.max(1, sobelScale / 2)]];
  const scales = known.length > 0 ? known : derived;
  return laplacianScale === undefined ? scales : scales.map(([sobel]) => [sobel, laplacianScale]);
}

/** A reading under each of these scales, the caller's options over it. */
function scaled(reading: Reading, options: ReadOptions, usual: readonly Scales[]): Reading[] {
  return scalesOf(options, usual).map(([sobelScale, laplacianScale]) => ({
    ...reading,
    ...givenOf(options),
    sobelScale,
    laplacianScale,
  }));
}

/** The family's reading, the most usual first where its code has several versions; Distill's of no family. */
export function usualReadings(family: Family | undefined, options: ReadOptions): Reading[] {
  const { reading } = family ?? { reading: DISTILLS };
  const own: Scales = [reading.sobelScale, reading.laplacianScale];
  return scaled(reading, options, family?.reading.aliveMask === "none" ? TEXTURES : [own]);
}

/** What to try where nothing is known, the most usual first and each once. */
export function candidatesOf({ filters }: FoundModel, base: Reading, options: ReadOptions): Reading[] {
  const masks = ["pre-and-post", "none"] as const;
  const all = masks.flatMap((aliveMask) =>
    FEATURE_ORDERS.flatMap((features) => scaled({ ...base, aliveMask, features }, options, SCALES[filters])),
  );
  return all.filter((one, i) => all.findIndex((other) => same(one, other)) === i);
}

/** Whether two readings mean the same. */
export function same(one: Reading, other: Reading): boolean {
  return Object.entries(one).every(([name, value]) => other[name as keyof Reading] === value);
}
