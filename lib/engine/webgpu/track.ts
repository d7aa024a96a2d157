// A rollout without a tape: two states in turns.

import type { Cells } from "../../cells/cells.js";
import type { Strains } from "../../rule/strains.js";
import type { RolloutOptions } from "../engine.js";
import { Batch } from "./batch.js";
import type { Device, Part } from "./device.js";
import type { Shape } from "./shape.js";

/** CA steps of one submission: an even number, so that the next one finds the states where this one did. */
const STEPS = 256;

export class Track {
  private readonly batch: Batch;
  private readonly states: readonly Part[];
  /** What it has returned last, and the slot of its words. */
  private last?: { readonly data: WeakRef<Float32Array>; readonly slot: number };

  constructor(
    private readonly device: Device,
    shape: Shape,
  ) {
    const steps = Array.from({ length: STEPS + 1 }, (_, number) => ({
      number,
      before: number % 2,
      after: (number + 1) % 2,
    }));
    this.batch = new Batch(device, shape, { slots: 2, steps });
    const { stateBytes } = this.batch;
    this.states = [0, 1].map(() => ({ buffer: device.buffer(stateBytes) }));
  }

  async grow(
    strains: Strains,
    cells: Cells,
    { steps, rngSeed, firstStep = 0, goesOn = false }: RolloutOptions,
  ): Promise<Cells> {
    const { device, batch } = this;
    const { last } = this;
    if (goesOn && last?.data.deref() === cells.data) {
      batch.kernels.setRules(strains);
      device.compute((pass) => batch.again(pass, last.slot, this.states[0]));
    } else batch.begin(strains, cells, this.states[0]);
    this.last = undefined;
    let done = 0;
    let count: number;
    do {
      count = Math.min(STEPS, steps - done);
      const start = done === 0 ? 0 : -1; // a later submission goes on in the middle of the rollout
      batch.live({ rngSeed, start, end: count, firstCoin: firstStep + done });
      done += count;
      device.compute((pass) => {
        batch.forward(pass, count, 0, (number) => [this.states[number % 2], this.states[(number + 1) % 2]]);
        if (done === steps) batch.finish(pass, count, this.states[count % 2]);
      });
    } while (done < steps);
    const slot = (count + 1) % 2;
    const grown = await batch.last(cells, slot);
    this.last = { data: new WeakRef(grown.data), slot };
    return grown;
  }

  destroy(): void {
    this.batch.destroy();
    for (const { buffer } of this.states) buffer.destroy();
  }
}
