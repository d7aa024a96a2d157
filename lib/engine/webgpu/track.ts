// A rollout without a tape: two states in turns.

import type { Cells } from "../../cells/cells.js";
import type { Strains } from "../../rule/strains.js";
import type { RolloutOptions } from "../engine.js";
import { ALIGNMENT, type Device } from "./device.js";
import { Kernels } from "./kernels.js";
import { firstWords, packSamples, padChannels, strainsIn, stripChannels } from "./pack.js";
import type { Shape } from "./shape.js";

/** CA steps of one submission: an even number, so that the next one finds the states where this one did. */
const STEPS = 256;

/** Entries of a table of `Step`, one every `ALIGNMENT` bytes: see step.wgsl. */
export function stepTable(
  steps: readonly { number: number; before: number; after: number }[],
): Int32Array<ArrayBuffer> {
  const table = new Int32Array((steps.length * ALIGNMENT) / 4);
  steps.forEach(({ number, before, after }, i) => {
    table.set([number, before, after], (i * ALIGNMENT) / 4);
  });
  return table;
}

/** How large a `Step` is. */
export const STEP_BYTES = 12;

export class Track {
  private readonly kernels: Kernels;
  private readonly states: readonly GPUBuffer[];
  private readonly words: GPUBuffer;
  private readonly samples: GPUBuffer;
  private readonly state: GPUBuffer;
  private readonly table: GPUBuffer;
  private readonly forwards: readonly GPUBindGroup[];

  constructor(
    private readonly device: Device,
    shape: Shape,
  ) {
    this.kernels = new Kernels(device, shape);
    const { filters, spread, weights, sizes } = this.kernels;
    const { slotVecs, samples, area } = sizes;
    const stateBytes = slotVecs * 16;
    this.states = [device.buffer(stateBytes), device.buffer(stateBytes)];
    this.state = device.buffer(stateBytes);
    this.words = device.buffer(2 * samples * area * 4);
    this.samples = device.buffer(samples * 16);
    const entries = Array.from({ length: STEPS + 1 }, (_, number) => ({
      number,
      before: number % 2,
      after: (number + 1) % 2,
    }));
    this.table = device.uniform(stepTable(entries));
    const forward = this.kernels.kernel("forward");
    this.forwards = entries.slice(0, STEPS).map(({ number }) => {
      const [before, after] = number % 2 === 0 ? this.states : [this.states[1], this.states[0]];
      const common = [this.stepPart(number), { buffer: filters }, { buffer: spread }];
      const buffers = [this.samples, weights, before, after, this.words];
      return device.bind(forward, [...common, ...buffers.map((buffer) => ({ buffer }))]);
    });
  }

  private stepPart(number: number) {
    return { buffer: this.table, offset: number * ALIGNMENT, size: STEP_BYTES };
  }

  async grow(
    strains: Strains,
    cells: Cells,
    { steps, rngSeed, firstStep = 0 }: RolloutOptions,
  ): Promise<Cells> {
    const { device, kernels } = this;
    const { sizes } = kernels;
    const { samples, area, tilesX, tilesY } = sizes;
    kernels.setRules(strains);
    device.write(this.states[0], padChannels(cells.data, cells.channels, sizes) as Float32Array<ArrayBuffer>);
    device.write(this.words, firstWords(cells) as Uint32Array<ArrayBuffer>);
    const forward = kernels.kernel("forward");
    const finish = kernels.kernel("finish");
    let done = 0;
    do {
      const count = Math.min(STEPS, steps - done);
      const start = done === 0 ? 0 : -1; // a later submission goes on in the middle of the rollout
      const how = { rngSeed, start, end: STEPS + 1, firstCoin: firstStep + done };
      device.write(this.samples, packSamples(samples, how) as Int32Array<ArrayBuffer>);
      const encoder = device.encoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(forward.pipeline);
      for (let number = 0; number < count; number++) {
        pass.setBindGroup(0, this.forwards[number]);
        pass.dispatchWorkgroups(tilesX, tilesY, samples);
      }
      done += count;
      if (done === steps) {
        const parts = [this.samples, this.states[count % 2], this.words, this.state];
        pass.setPipeline(finish.pipeline);
        pass.setBindGroup(
          0,
          device.bind(finish, [this.stepPart(count), ...parts.map((buffer) => ({ buffer }))]),
        );
        pass.dispatchWorkgroups(tilesX, tilesY, samples);
      }
      pass.end();
      device.submit(encoder);
    } while (done < steps);
    const numbers = samples * area * sizes.channelVecs * 4;
    const state = new Float32Array(await device.read({ buffer: this.state, size: numbers * 4 }));
    const { strains: _, ...like } = cells;
    const last = { ...like, data: stripChannels(state, cells.channels, sizes) };
    if (strains.rules.length === 1) return last;
    const after = ((steps % STEPS === 0 && steps > 0 ? STEPS : steps % STEPS) + 1) % 2;
    const words = await device.read({
      buffer: this.words,
      offset: after * samples * area * 4,
      size: samples * area * 4,
    });
    return { ...last, strains: strainsIn(new Uint32Array(words)) };
  }

  destroy(): void {
    this.kernels.destroy();
    for (const buffer of [...this.states, this.state, this.words, this.samples, this.table]) buffer.destroy();
  }
}
