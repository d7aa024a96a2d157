// A batch on the device as every rollout needs it, with a tape or without one: its rules and words, how it begins and how its
// last state comes back.

import type { Cells } from "../../cells/cells.js";
import type { Strains } from "../../rule/strains.js";
import { ALIGNMENT, type Device, type Part } from "./device.js";
import { Kernels } from "./kernels.js";
import { firstWords, packSamples, padChannels, strainsIn, stripChannels } from "./pack.js";
import type { Shape } from "./shape.js";

/** A `Step` as the kernels see it: see step.wgsl. */
export interface Step {
  readonly number: number;
  readonly before: number;
  readonly after: number;
}
const STEP_BYTES = 12;

/** Entries of a table of `Step`, one every `ALIGNMENT` bytes. */
function stepTable(steps: readonly Step[]): Int32Array {
  const table = new Int32Array((steps.length * ALIGNMENT) / 4);
  steps.forEach(({ number, before, after }, i) => {
    table.set([number, before, after], (i * ALIGNMENT) / 4);
  });
  return table;
}

/** Which steps of a rollout the samples live, and their coins. */
export interface Life {
  readonly rngSeed: number;
  readonly start: number;
  readonly end: number;
  readonly firstCoin: number;
}

export class Batch {
  readonly kernels: Kernels;
  readonly words: GPUBuffer;
  readonly samples: GPUBuffer;
  /** The last state, [N, area, CHANNEL_VECS]. */
  readonly state: GPUBuffer;
  private readonly table: GPUBuffer;
  private transposeGroup?: GPUBindGroup;

  /** `slots`: of words. `steps`: the table of the dispatches' steps. `dSlots`: see `constantsOf`. */
  constructor(
    private readonly device: Device,
    shape: Shape,
    { slots, steps, dSlots = 1 }: { slots: number; steps: readonly Step[]; dSlots?: number },
  ) {
    this.kernels = new Kernels(device, shape, dSlots);
    const { samples, area, tilesX, tilesY } = this.kernels.sizes;
    this.words = device.buffer(slots * this.kernels.sizes.words * 4);
    this.samples = device.buffer(samples * 16);
    device.write(this.words, new Uint32Array(samples * tilesX * tilesY).fill(1), samples * area * 4); // all may live
    this.state = device.buffer(this.stateBytes);
    this.table = device.uniform(stepTable(steps));
  }

  /** The bytes of a state, with what a buffer's alignment wants. */
  get stateBytes(): number {
    return this.kernels.sizes.slotVecs * 16;
  }

  /** An entry of the table. */
  step(index: number): Part {
    return { buffer: this.table, offset: index * ALIGNMENT, size: STEP_BYTES };
  }

  /** Numbers of a whole batch of cells into a part of a buffer. */
  put({ buffer, offset }: Part, data: Float32Array): void {
    const { sizes, spec } = this.kernels;
    this.device.write(buffer, padChannels(data, spec.channels, sizes), offset);
  }

  /** Takes the rules, and the cells as the state of the first slot. */
  begin(strains: Strains, cells: Cells, first: Part): void {
    this.kernels.setRules(strains);
    this.put(first, cells.data);
    this.device.write(this.words, firstWords(cells, this.kernels.sizes));
  }

  /** As `begin`, from the last state, whose words are those before this step. */
  again(pass: GPUComputePassEncoder, step: Part, first: Part): void {
    const { kernels, device } = this;
    const again = kernels.kernel("again");
    const parts = [step, { buffer: this.state }, first, { buffer: this.words }];
    pass.setPipeline(again.pipeline);
    this.overTiles(pass, device.bind(again, parts));
  }

  live(life: Life): void {
    this.device.write(this.samples, packSamples(this.kernels.sizes.samples, life));
  }

  /** The buffers of one forward step. */
  forwardGroup(step: Part, before: Part, after: Part): GPUBindGroup {
    const { kernels, words, samples } = this;
    const [filters, spread, weights] = [kernels.filters, kernels.spread, kernels.weights];
    const shared = [filters, spread, samples, weights].map((buffer) => ({ buffer }));
    return this.device.bind(kernels.kernel("forward"), [step, ...shared, before, after, { buffer: words }]);
  }

  /** Writes the rules' weights by unit, after every change of them: see transpose.wgsl. */
  transposeWeights(pass: GPUComputePassEncoder): void {
    const { kernels, device } = this;
    const { sizes, shape } = kernels;
    const transpose = kernels.kernel("transpose");
    this.transposeGroup ??= device.bind(transpose, [{ buffer: kernels.weights }]);
    pass.setPipeline(transpose.pipeline);
    pass.setBindGroup(0, this.transposeGroup);
    pass.dispatchWorkgroups(Math.ceil(sizes.b1 / 64), shape.rules * shape.strains);
  }

  /** Dispatches a kernel over all tiles of all samples. */
  overTiles(pass: GPUComputePassEncoder, group: GPUBindGroup): void {
    const { tilesX, tilesY, samples } = this.kernels.sizes;
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(tilesX, tilesY, samples);
  }

  /** Applies life to what the last step has left. */
  finish(pass: GPUComputePassEncoder, step: Part, before: Part): void {
    const finish = this.kernels.kernel("finish");
    const [samples, words, state] = [this.samples, this.words, this.state].map((buffer) => ({ buffer }));
    pass.setPipeline(finish.pipeline);
    this.overTiles(pass, this.device.bind(finish, [step, samples, before, words, state]));
  }

  /** Numbers of a whole batch of cells from a part of a buffer. */
  async take(part: Part): Promise<Float32Array> {
    const { sizes, spec } = this.kernels;
    const size = sizes.samples * sizes.area * sizes.channelVecs * 16;
    return stripChannels(new Float32Array(await this.device.read({ ...part, size })), spec.channels, sizes);
  }

  /** The last state; `slot` is that of the words which `finish` has left. */
  async last({ strains: _, ...like }: Cells, slot: number): Promise<Cells> {
    const last = { ...like, data: await this.take({ buffer: this.state }) };
    if (this.kernels.shape.strains === 1) return last;
    const { samples, area, words: all } = this.kernels.sizes;
    const size = samples * area * 4;
    const words = await this.device.read({ buffer: this.words, offset: slot * all * 4, size });
    return { ...last, strains: strainsIn(new Uint32Array(words)) };
  }

  /** Gives back what is as large as the cells. */
  freeStates(): void {
    for (const buffer of [this.words, this.state]) buffer.destroy();
  }

  destroy(): void {
    this.kernels.destroy();
    for (const buffer of [this.words, this.samples, this.state, this.table]) buffer.destroy();
  }
}
