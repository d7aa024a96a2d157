// A pattern's life as a gif: it grows from one cell, gets a hole, heals, loses one half, and heals again.

import * as nca from "../../lib/node.js";
import { model } from "../shared/models.js";
import { BACKGROUND, HOLD_LAST_MS, RNG_SEED, SIZE } from "./stage.js";

/** CA steps of the growth and of each healing, and from one frame to the next. */
const STEPS = 150;
const EVERY = 3;
/** Frames that stand still: a healthy pattern, and one just damaged. */
const PAUSE = 12;
const GASP = 6;
const SCALE = 5;

type Wound = (cells: nca.Cells) => void;

const HOLE: Wound = (cells) => nca.woundCircle(cells, 0, { x: 0.05, y: 0.05, radius: 0.35 });
const HALF: Wound = (cells) => nca.woundHalf(cells, 0, { normalX: 1, normalY: 0, distance: 0 });

export async function life(emoji: string): Promise<Uint8Array> {
  const rule = await model(`${emoji}-regenerating`);
  const live = (from: nca.Cells | undefined, firstStep: number) =>
    nca.grow(rule, {
      ...(from ? { from } : { size: SIZE }),
      steps: STEPS,
      rngSeed: RNG_SEED,
      every: EVERY,
      firstStep,
    });
  const still = (state: nca.Cells, frames: number) => Array<nca.Cells>(frames).fill(state);

  const frames = await live(undefined, 0);
  for (const [i, wound] of [HOLE, HALF].entries()) {
    const grown = frames[frames.length - 1];
    const wounded = nca.copyCells(grown);
    wound(wounded);
    frames.push(...still(grown, PAUSE), ...still(wounded, GASP), ...(await live(wounded, (i + 1) * STEPS)));
  }
  return nca.gif(frames, { background: BACKGROUND, scale: SCALE, holdLastMs: HOLD_LAST_MS }).bytes;
}
