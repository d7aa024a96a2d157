// Every emoji's growth on one sheet: one filmstrip per rule.

import * as nca from "../../lib/node.js";
import { model, persistentEmoji } from "../shared/models.js";
import { BACKGROUND, RNG_SEED, SIZE } from "./stage.js";

/** CA steps that are shown. */
const MOMENTS = [0, 8, 16, 24, 32, 48, 64, 96, 200, 1000];

export async function wall(): Promise<Uint8Array> {
  const frames: nca.Cells[] = [];
  for (const emoji of persistentEmoji()) {
    const rule = await model(emoji);
    const seed = nca.seedFor(rule, { height: SIZE, width: SIZE });
    for await (const { cells } of nca.statesAt(rule, seed, MOMENTS, { rngSeed: RNG_SEED }))
      frames.push(cells);
  }
  const labels = frames.map((_, i) => `step ${MOMENTS[i % MOMENTS.length].toLocaleString("en")}`);
  return nca.filmstrip(frames, { background: BACKGROUND, columns: MOMENTS.length, labels, scale: 2 }).bytes;
}
