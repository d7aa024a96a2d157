// The training step as the library takes it: sample pool, rollout, loss, gradient, optimizer. Says how much of it is
// the engine's, and so how much everything around the engine costs.

import { engine } from "../../lib/engine/wasm/wasm.js";
import { loadTarget } from "../../lib/io/load-target.js";
import { Trainer } from "../../lib/train/trainer.js";
import { LIZARD_TARGET } from "../files.js";
import type { Workload } from "../workloads.js";
import { LEARNING_RATE, serve } from "./serve.js";

/** Adds up the time of every call of the process's engine. */
class EngineClock {
  seconds = 0;

  constructor() {
    const shared = engine();
    const rollout = shared.rollout.bind(shared);
    shared.rollout = (...args) => {
      const run = this.timed(() => rollout(...args));
      return { ...run, parameterGradient: (dCells) => this.timed(() => run.parameterGradient(dCells)) };
    };
  }

  private timed<T>(call: () => T): T {
    const start = performance.now();
    const result = call();
    this.seconds += (performance.now() - start) / 1000;
    return result;
  }
}

const target = await loadTarget(LIZARD_TARGET);

/** A trainer whose pool is full of the workload's samples. */
function trainerOf({ rule, cells }: Workload, steps: number): Trainer {
  const trainer = new Trainer(rule, target, { rollout: [steps, steps], learningRate: LEARNING_RATE });
  const samples = Array.from({ length: cells.count }, (_, sample) => sample);
  for (let first = 0; first < trainer.pool.size; first += cells.count) {
    const indices = samples.map((sample) => first + sample).filter((index) => index < trainer.pool.size);
    trainer.pool.put(indices, cells);
  }
  return trainer;
}

await serve((workload) => {
  const trainer = trainerOf(workload, workload.steps);
  const clock = new EngineClock();
  return () => {
    clock.seconds = 0;
    const { loss } = trainer.next();
    return { engineSeconds: clock.seconds, loss: () => loss };
  };
});
