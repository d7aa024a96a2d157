// The engine of the stage: in a worker, so that the page never waits for it, or here where there can be none.

import type { Engine } from "../../engine/engine.js";
import { defaultEngine } from "../../engine/engines.js";
import { WebGpuEngine } from "../../engine/webgpu/webgpu.js";
import { engineInWorker } from "../../engine/worker/client.js";

let worker: Promise<Engine | undefined> | undefined;

/** Has the bits of every other place: a link shows the same pattern everywhere, unless it is too large to live without a card. */
export async function stageEngine(): Promise<Engine> {
  worker ??= typeof Worker === "undefined" ? Promise.resolve(undefined) : started();
  return (await worker) ?? defaultEngine();
}

async function started(): Promise<Engine | undefined> {
  try {
    return await engineInWorker({ threads: 1 });
  } catch {
    return undefined; // workers are forbidden here
  }
}

/** Does without a worker from now on: it was lost. */
export function forgetWorker(): void {
  worker = Promise.resolve(undefined);
}

let card: Promise<Engine | undefined> | undefined;

/** The graphics card, for worlds that are too large for a worker; undefined where there is none. */
export function cardEngine(): Promise<Engine | undefined> {
  card ??= openedCard();
  return card;
}

async function openedCard(): Promise<Engine | undefined> {
  const engine = new WebGpuEngine();
  try {
    return (await engine.card()).isProcessor ? undefined : engine;
  } catch {
    return undefined;
  }
}
