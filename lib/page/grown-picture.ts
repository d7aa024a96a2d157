// What a rule grows, for one that comes without a picture.

import { cellsOf, RGBA, type Target } from "../cells/cells.js";
import type { Engine } from "../engine/engine.js";
import { stateAt } from "../engine/grow.js";
import type { Rule } from "../rule/rule.js";
import { seedFor } from "../rule/seeds.js";

/** The age at which a pattern stands for its picture, in CA steps. */
const GROWN = 200;

/** RGBA from 0 to 1 of the pattern that a rule grows, on a square grid. */
export async function grownPicture(rule: Rule, side: number, engine?: Engine): Promise<Target> {
  const { premultiplied } = rule.spec;
  const seed = seedFor(rule, { height: side, width: side });
  const { data, channels } = await stateAt(rule, seed, GROWN, { engine });
  const rgba = Float32Array.from({ length: side * side * RGBA }, (_, i) =>
    Math.min(1, Math.max(0, data[Math.floor(i / RGBA) * channels + (i % RGBA)] || 0)),
  );
  return cellsOf(rgba, { height: side, width: side, premultiplied });
}
