// A scene for a rule that comes without a picture: what it grows stands for one.

import { cellsOf, RGBA, type Target } from "../cells/cells.js";
import type { Engine } from "../engine/engine.js";
import { stateAt } from "../engine/grow.js";
import { SPREAD } from "../infection/infect.js";
import type { Rule } from "../rule/rule.js";
import { seedFor } from "../rule/seeds.js";
import { type Scene, sceneOf } from "./scene.js";

/** The age at which a pattern stands for its picture, in CA steps. */
const GROWN = 200;
const USUAL_SIDE = 72;

/** RGBA from 0 to 1 of the pattern that a rule grows, on a square grid; on the rule's own if no side is given. */
export async function grownPicture(
  rule: Rule,
  {
    side = rule.grid?.height ?? USUAL_SIDE,
    engine,
  }: { readonly side?: number; readonly engine?: Engine } = {},
): Promise<Target> {
  const { premultiplied } = rule.spec;
  const seed = seedFor(rule, { height: side, width: side });
  const { data, channels } = await stateAt(rule, seed, GROWN, { engine });
  const rgba = Float32Array.from({ length: side * side * RGBA }, (_, i) =>
    Math.min(1, Math.max(0, data[Math.floor(i / RGBA) * channels + (i % RGBA)] || 0)),
  );
  return cellsOf(rgba, { height: side, width: side, premultiplied });
}

/** A rule alone on its grid, with its picture or with what it grows. */
export async function sceneOfRule(name: string, rule: Rule, target?: Target): Promise<Scene> {
  return sceneOf(name, [{ name, rule, target: target ?? (await grownPicture(rule)) }], SPREAD);
}
