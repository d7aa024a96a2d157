// The training step as the library takes it: sample pool, rollout, loss, gradient, optimizer. Says how much of it is
// the engine's, and so how much everything around the engine costs.

import { sampleOf } from "../../lib/cells/cells.js";
import type { Sample } from "../../lib/cells/sample.js";
import type { Engine, Rollout } from "../../lib/engine/engine.js";
import { defaultEngine } from "../../lib/engine/engines.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { growth } from "../../lib/train/growth.js";
import { Trainer } from "../../lib/train/trainer.js";
import { LIZARD_TARGET } from "../files.js";
import type { Workload } from "../workloads.js";
import { LEARNING_RATE, serve } from "./serve.js";

/** An engine, and the seconds that went by in it. */
interface TimedEngine extends Engine {
  seconds: number;
}

function timed(engine: Engine): TimedEngine {
  const clock = async <T>(call: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await call();
    it.seconds += (performance.now() - start) / 1000;
    return result;
  };
  const it: TimedEngine = {
    name: engine.name,
    seconds: 0,
    supports: (spec) => engine.supports(spec),
    grow: (...args) => clock(() => engine.grow(...args)),
    rollout: async (...args): Promise<Rollout> => {
      const run = await clock(() => engine.rollout(...args));
      return { ...run, parameterGradient: (dCells) => clock(() => run.parameterGradient(dCells)) };
    },
  };
  return it;
}

const target = await loadTarget(LIZARD_TARGET);

/** A pool that is full of the workload's samples. */
async function* samplesOf({ cells }: Workload, count: number): AsyncGenerator<Sample, void> {
  for (let i = 0; i < count; i++) yield { cells: sampleOf(cells, i % cells.count) };
}

await serve(async (workload) => {
  const { rule, steps } = workload;
  const engine = timed(defaultEngine());
  const options = { rollout: [steps, steps], learningRate: LEARNING_RATE, engine } as const;
  const trainer = new Trainer(rule, growth(target, rule), options);
  await trainer.fillPool();
  await trainer.learner.fill(samplesOf(workload, trainer.options.poolSize));
  return async () => {
    engine.seconds = 0;
    const { loss } = await trainer.next();
    return { engineSeconds: engine.seconds, loss: () => loss };
  };
});
