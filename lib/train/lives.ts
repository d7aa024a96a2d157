// Whether patterns outlive one wound after the other: damage of every kind at random places, each before the pattern has
// had much time to settle from the last.

import type { Target } from "../cells/cells.js";
import { checkInteger, checkKnown } from "../cells/errors.js";
import { pictureLosses } from "../cells/picture-loss.js";
import { Random } from "../cells/random.js";
import { applyWound } from "../cells/wound.js";
import { defaultEngine } from "../engine/engines.js";
import { stateAt } from "../engine/grow.js";
import type { Rule } from "../rule/rule.js";
import { seedFor } from "../rule/seeds.js";
import { randomWound } from "./damage.js";
import { type Recovered, recoveredOf } from "./loss.js";
import type { MeasureOptions } from "./task.js";

/** A life: it grows for so many CA steps, then is wounded so many times, so many CA steps apart. */
export const LIFE = { grown: 200, wounds: 10, apart: 100 } as const;
export const LIVES = 64;
/** How many CA steps after the last wound it is measured. */
const MEASURED_AFTER = [100, 200, 1000] as const;

const LIVES_OPTIONS = ["lives", "rngSeed", "onProgress", "engine"];

export interface LivesOptions extends MeasureOptions {
  /** How many lives; `LIVES` if not given. */
  readonly lives?: number;
}

/** The share of lives of `LIFE` that are whole again, by the number of CA steps since the last wound: 100, 200 and 1,000. */
export async function livesOf(
  rule: Rule,
  target: Target,
  options: LivesOptions = {},
): Promise<Record<string, Recovered>> {
  checkKnown("livesOf", options, LIVES_OPTIONS);
  const { lives = LIVES, rngSeed = 0, onProgress, engine = defaultEngine() } = options;
  checkInteger("lives", lives, 1, 1024);
  const { height, width } = target;
  const random = new Random(rngSeed);
  const total = LIFE.grown + (LIFE.wounds - 1) * LIFE.apart + MEASURED_AFTER[MEASURED_AFTER.length - 1];
  let cells = seedFor(rule, { count: lives, height, width });
  let step = 0;
  const live = async (steps: number) => {
    cells = await stateAt(rule, cells, steps, { rngSeed, firstStep: step, engine });
    step += steps;
    onProgress?.(step / total);
  };
  await live(LIFE.grown);
  for (let wound = 0; wound < LIFE.wounds; wound++) {
    if (wound > 0) await live(LIFE.apart);
    for (let life = 0; life < lives; life++)
      applyWound(cells, life, randomWound("all", random), rule.spec.inputs);
  }
  const survival: Record<string, Recovered> = {};
  let since = 0;
  for (const after of MEASURED_AFTER) {
    await live(after - since);
    since = after;
    survival[after] = recoveredOf(pictureLosses(cells, target));
  }
  return survival;
}
