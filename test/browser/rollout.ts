// A short training's worth of rollouts, hashed: the same code runs in Node and in a browser's page.

import { cellsOf, seedCells } from "../../lib/cells/cells.js";
import { pictureLossGradient } from "../../lib/cells/picture-loss.js";
import { mix, Random } from "../../lib/cells/random.js";
import type { Engine } from "../../lib/engine/engine.js";
import { FusedEngine } from "../../lib/engine/wasm/fused.js";
import { WasmEngine } from "../../lib/engine/wasm/wasm.js";
import { engineInWorker } from "../../lib/engine/worker/client.js";
import { createRule, PARAMETERS } from "../../lib/rule/rule.js";
import { Adam, normalizeGradient } from "../../lib/train/adam.js";

interface Rollouts {
  readonly count: number;
  readonly size: number;
  readonly caSteps: number;
}
/** A batch of many, and one that is large enough for threads to share it. */
const ROLLOUTS = {
  many: { count: 3, size: 24, caSteps: 24 },
  one: { count: 1, size: 64, caSteps: 40 },
} satisfies Record<string, Rollouts>;

/** A hash of the bits of all numbers. */
function hashOf(arrays: readonly Float32Array[]): number {
  let hash = 0;
  for (const array of arrays) {
    for (const word of new Uint32Array(array.buffer, array.byteOffset, array.length)) hash = mix(hash ^ word);
  }
  return hash;
}

/** The hash of `trainedOn` an engine in this thread. */
export function trainedHash(threads: number, steps: number, kind: keyof typeof ROLLOUTS): Promise<string> {
  return trainedOn(new WasmEngine(threads), steps, kind);
}

/** The same with fused arithmetic. */
export function fusedHash(threads: number, steps: number, kind: keyof typeof ROLLOUTS): Promise<string> {
  return trainedOn(new FusedEngine(threads), steps, kind);
}

/**
 * The hash of `trainedOn` an engine in a worker, and the longest that this thread was busy meanwhile, in milliseconds:
 * what a frame of the page would have waited.
 */
export async function trainedInWorker(threads: number, steps: number, kind: keyof typeof ROLLOUTS) {
  const engine = await engineInWorker({ threads });
  let [longest, last, isOver] = [0, performance.now(), false];
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setTimeout(tick, 0);
  };
  tick();
  const hash = await trainedOn(engine, steps, kind);
  isOver = true;
  engine.dispose();
  return { hash, longest };
}

/** Trains a rule towards a noisy square and returns the hash of its weights and of its last state. */
async function trainedOn(engine: Engine, steps: number, kind: keyof typeof ROLLOUTS): Promise<string> {
  const { count, size, caSteps } = ROLLOUTS[kind];
  const rule = createRule({ hidden: 32, rngSeed: 5 });
  const adam = new Adam(rule);
  const random = new Random(9);
  const target = cellsOf(new Float32Array(size * size * 4), { height: size, width: size });
  for (let row = 6; row < 18; row++) {
    for (let i = (row * size + 6) * 4; i < (row * size + 18) * 4; i++)
      target.data[i] = random.uniform(0.5, 1);
  }
  let last = seedCells(count, size, size, 16);
  for (let step = 0; step < steps; step++) {
    const run = await engine.rollout(rule, seedCells(count, size, size, 16), {
      steps: caSteps,
      rngSeed: step,
    });
    const { dParameters } = await run.backward(pictureLossGradient(run.cells, target));
    normalizeGradient(dParameters);
    adam.update(dParameters, 2e-3);
    last = run.cells;
  }
  return hashOf([...PARAMETERS.map((name) => rule.parameters[name]), last.data])
    .toString(16)
    .padStart(8, "0");
}
