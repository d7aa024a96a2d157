// Our own training step and CA step.

import * as nca from "../../lib/index.js";
import type { Mode } from "../workloads.js";
import { readWorkload } from "./exchange.js";
import { serve } from "./serve.js";

const [folder, mode, threads] = process.argv.slice(2) as [string, Mode, string];
const { rule, cells, steps } = readWorkload(folder);
const engine = new nca.Engine(Number(threads));
const target = {
  data: new Float32Array(cells.height * cells.width * 4),
  height: cells.height,
  width: cells.width,
};
const adam = new nca.Adam(nca.cloneRule(rule));
let rngSeed = 0;

await serve(() => {
  rngSeed++;
  if (mode === "infer") {
    engine.grow(rule, cells, { steps, rngSeed });
    return;
  }
  const run = engine.rollout(rule, cells, { steps, rngSeed });
  nca.pictureLosses(run.cells, target);
  const { dParameters } = run.backward(nca.pictureLossGradient(run.cells, target));
  nca.normalizeGradient(dParameters);
  adam.update(dParameters, 2e-3);
});
