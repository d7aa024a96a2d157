// The reference engine computes every cell, one number after the other. It supports every rule and is the place to
// read what a rule does; other engines are tested against it. It can also train, but slowly.

import { type Cells, withStrains } from "../../cells/cells.js";
import { combine } from "../../cells/random.js";
import { PARAMETERS, type Parameters, shapesOf } from "../../rule/rule.js";
import { type Rules, strainsOf } from "../../rule/strains.js";
import {
  checkedStrains,
  checkGradient,
  checkWeights,
  promised,
  type RolloutOptions,
  type SyncEngine,
  type SyncRollout,
  type TapedOptions,
} from "../engine.js";
import { gridOf, type Numbers } from "./grid.js";
import { type Gradient, step, stepBackward, type Trace } from "./step.js";

/** The rollout of a batch, and its backward pass in float64. */
export interface ReferenceRollout {
  readonly data: Numbers;
  readonly strains: Uint8Array;
  backward(dCells: ArrayLike<number>): { readonly dCells: Float64Array; readonly dParameters: Gradient };
}

function zeroGradient(rules: Rules): Gradient {
  const shapes = shapesOf(strainsOf(rules).rules[0].spec);
  const zeros = PARAMETERS.map((name) => [name, new Float64Array(shapes[name].reduce((a, b) => a * b, 1))]);
  return Object.fromEntries(zeros) as Gradient;
}

/**
 * A rollout without any checks. In single precision it has the bits that engines promise; in double precision it is
 * float64 throughout, and the parameters may be float64 as well. `isTaped` is false where no backward pass follows.
 */
export function referenceRollout(
  rules: Rules,
  cells: Cells,
  { steps, rngSeed, firstStep = 0, trained = 0 }: TapedOptions,
  precision: "single" | "double",
  isTaped = true,
): ReferenceRollout {
  const strains = strainsOf(rules);
  const grid = gridOf(cells, strains.rules[0].spec);
  const size = grid.area * grid.channels;
  const data = precision === "single" ? cells.data.slice() : Float64Array.from(cells.data);
  const strainOf = withStrains(cells).strains.slice();
  const traces = Array.from({ length: cells.count }, (): Trace[] => []);
  traces.forEach((tape, sample) => {
    const state = data.subarray(sample * size, (sample + 1) * size);
    const own = strainOf.subarray(sample * grid.area, (sample + 1) * grid.area);
    const key = combine(rngSeed, sample);
    for (let t = firstStep; t < firstStep + steps; t++) {
      const trace = step(strains, grid, state, own, combine(key, t));
      if (isTaped) tape.push(trace);
    }
  });
  const backward = (dLast: ArrayLike<number>) => {
    const dCells = Float64Array.from(dLast);
    const dParameters = zeroGradient(strains);
    traces.forEach((tape, sample) => {
      const dState = dCells.subarray(sample * size, (sample + 1) * size);
      for (const trace of tape.toReversed()) {
        stepBackward(strains, trained, grid, trace, dState, dParameters);
      }
    });
    return { dCells, dParameters };
  };
  return { data, strains: strainOf, backward };
}

/** The last state in float32, with every cell's strain where there are several. */
function lastState(rules: Rules, cells: Cells, { data, strains }: ReferenceRollout): Cells {
  const { strains: _, ...like } = cells;
  const last = { ...like, data: Float32Array.from(data) };
  return strainsOf(rules).rules.length > 1 ? { ...last, strains } : last;
}

export class ReferenceEngine implements SyncEngine {
  readonly name = "reference";
  readonly grow: SyncEngine["grow"];
  readonly rollout: SyncEngine["rollout"];

  constructor() {
    ({ grow: this.grow, rollout: this.rollout } = promised(this));
  }

  supports(): true {
    return true;
  }

  growSync(rules: Rules, cells: Cells, options: RolloutOptions): Cells {
    checkWeights(checkedStrains(this, rules, cells, options));
    return lastState(rules, cells, referenceRollout(rules, cells, options, "single", false));
  }

  rolloutSync(rules: Rules, cells: Cells, options: TapedOptions): SyncRollout {
    checkedStrains(this, rules, cells, options);
    const run = referenceRollout(rules, cells, options, "single");
    const last = lastState(rules, cells, run);
    const { strains: _, ...like } = cells;
    const backward = (dLast: Float32Array) => {
      checkGradient(dLast, cells);
      const { dCells, dParameters } = run.backward(dLast);
      const single = PARAMETERS.map((name) => [name, Float32Array.from(dParameters[name])]);
      return {
        dCells: { ...like, data: Float32Array.from(dCells) },
        dParameters: Object.fromEntries(single) as Parameters,
      };
    };
    return { cells: last, backward, parameterGradient: (dLast) => backward(dLast).dParameters };
  }
}
