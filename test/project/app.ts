// A small app of the package's core: it trains a rule in a worker and gives the fingerprint of what it learned. Bundled
// by tests, and run in Node and in pages.

import * as nca from "differentiable-morphogenesis/core";

export interface Learned {
  readonly fingerprint: string;
  readonly secondsPerStep: number;
  /** The longest that this thread was busy, in milliseconds. */
  readonly longest: number;
}

/** Trains a rule to grow a square. */
export async function learn(steps: number): Promise<Learned> {
  const target = nca.seedCells(1, 32, 32, 4);
  for (let y = 8; y < 24; y++) target.data.fill(0.75, (y * 32 + 8) * 4, (y * 32 + 24) * 4);
  const rule = nca.createRule({ hidden: 32, rngSeed: 1 });
  const engine = await nca.engineInWorker({ threads: 2 });
  let [longest, last, isOver] = [0, performance.now(), false];
  const tick = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (!isOver) setTimeout(tick, 0);
  };
  tick();
  const started = performance.now();
  await nca.train(rule, target, { steps, batch: 4, poolSize: 16, rngSeed: 1, engine });
  const secondsPerStep = (performance.now() - started) / 1000 / steps;
  isOver = true;
  engine.dispose();
  return { fingerprint: nca.fingerprint(rule), secondsPerStep, longest };
}
