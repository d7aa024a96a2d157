// What the curves are measured on: one thing at a time grows, from one lizard or one batch on.

import type * as nca from "../lib/node.js";
import { aliveShare } from "./active.js";
import { OWN } from "./contenders.js";
import { discs, field, repeated, resized } from "./grids.js";
import { GRID, type Lizards, quiet, STEPS, type Workload } from "./workloads.js";

/** One thing that grows, and the workload at each of its values. */
export interface Series {
  readonly name: string;
  readonly title: string;
  /** What is on the x axis. */
  readonly x: string;
  /** Who is measured: all that can be, if not given. */
  readonly impls?: readonly string[];
  /** Made when asked for: some are large. */
  readonly points: () => { readonly x: number; readonly workload: Workload }[];
}

const SIZES = [40, 72, 128, 256, 512];
const BATCHES = [1, 2, 4, 8, 16, 32, 64];
const CA_STEPS = [8, 16, 32, 64, 128];
const ALIVE = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1];
const BATCH = 8;
/** A lizard of 40 cells and an empty cell on each side of it. */
const LIZARD_PITCH = 42;

export function seriesOf({ rule, pool }: Lizards): Series[] {
  const workload = (cells: nca.Cells, steps = STEPS, by = rule): Workload => ({
    name: "curve",
    rule: by,
    cells,
    steps,
  });
  const one = repeated(pool, 1);
  const still = quiet({});
  return [
    {
      name: "room",
      title: "One lizard, more and more empty room",
      x: "grid's side in cells",
      points: () => SIZES.map((x) => ({ x, workload: workload(resized(one, x)) })),
    },
    {
      name: "field",
      title: "A field of lizards that fills the grid",
      x: "grid's side in cells",
      impls: OWN, // PyTorch, which computes every cell, needs what it needs for an empty one
      points: () => SIZES.map((x) => ({ x, workload: workload(field(pool, x, LIZARD_PITCH)) })),
    },
    {
      name: "batch",
      title: "Batch of lizards, 72 x 72",
      x: "samples",
      points: () => BATCHES.map((x) => ({ x, workload: workload(repeated(pool, x)) })),
    },
    {
      name: "steps",
      title: "CA steps of 8 lizards, 72 x 72",
      x: "CA steps",
      points: () => CA_STEPS.map((x) => ({ x, workload: workload(pool, x) })),
    },
    {
      name: "alive",
      title: "Share of 8 grids of 72 x 72 that is alive",
      x: "share of the cells alive",
      points: () =>
        ALIVE.map((share) => {
          const point = workload(discs(BATCH, GRID, still.spec.channels, share), STEPS, still);
          return { x: Number(aliveShare(point).toFixed(3)), workload: point };
        }),
    },
  ];
}
