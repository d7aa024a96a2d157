// A batch on the device as every rollout needs it, with a tape or without one: its rules and words, how it begins and how its
// last state comes back.

import type { Cells } from "../../cells/cells.js";
import type { Strains } from "../../rule/strains.js";
import { ALIGNMENT, type Device, type Part } from "./device.js";
import { type KernelName, Kernels } from "./kernels.js";
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
  private readonly groups = new Map<string, GPUBindGroup>();

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

  /** As `begin`, from the last state, whose words are those before the step of this index. */
  again(pass: GPUComputePassEncoder, index: number, first: Part): void {
    const { tilesX, tilesY, samples } = this.kernels.sizes;
    const parts = () => [this.step(index), this.state, first, this.words];
    this.dispatch(pass, "again", index, parts, tilesX, tilesY, samples);
  }

  live(life: Life): void {
    this.device.write(this.samples, packSamples(this.kernels.sizes.samples, life));
  }

  /** The buffers of a kernel's dispatch of some number, which stay the same from one rollout to the next. */
  bound(kernel: KernelName, number: number, parts: () => readonly (Part | GPUBuffer)[]): GPUBindGroup {
    const key = `${kernel} ${number}`;
    const known = this.groups.get(key) ?? this.device.bind(this.kernels.kernel(kernel), parts());
    this.groups.set(key, known);
    return known;
  }

  /** Dispatches a kernel once, over so many workgroups. */
  dispatch(
    pass: GPUComputePassEncoder,
    kernel: KernelName,
    number: number,
    parts: () => readonly (Part | GPUBuffer)[],
    x: number,
    y = 1,
    z = 1,
  ): void {
    pass.setPipeline(this.kernels.kernel(kernel).pipeline);
    pass.setBindGroup(0, this.bound(kernel, number, parts));
    pass.dispatchWorkgroups(x, y, z);
  }

  /**
   * Steps 0 to `steps - 1` of all samples that live them; `first` is the index of step 0, and `ends` says where the states before
   * and after a step lie.
   */
  forward(
    pass: GPUComputePassEncoder,
    steps: number,
    first: number,
    ends: (number: number) => readonly [Part, Part],
  ): void {
    const { kernels, samples, words } = this;
    this.transposeWeights(pass);
    pass.setPipeline(kernels.kernel("forward").pipeline);
    for (let number = 0; number < steps; number++) {
      const group = this.bound("forward", number, () => {
        const given = [kernels.filters, kernels.spread, samples, kernels.weights];
        return [this.step(first + number), ...given, ...ends(number), words];
      });
      this.overTiles(pass, group);
    }
  }

  /** Writes the rules' weights by unit, after every change of them: see transpose.wgsl. */
  private transposeWeights(pass: GPUComputePassEncoder): void {
    const { weights, sizes, shape } = this.kernels;
    const [x, y] = [Math.ceil(sizes.b1 / 64), shape.rules * shape.strains];
    this.dispatch(pass, "transpose", 0, () => [weights], x, y);
  }

  /** Dispatches a kernel, whose pipeline is set, over all tiles of all samples. */
  overTiles(pass: GPUComputePassEncoder, group: GPUBindGroup): void {
    const { tilesX, tilesY, samples } = this.kernels.sizes;
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(tilesX, tilesY, samples);
  }

  /** Applies life to what the last step has left; `index` is that of the step that would follow. */
  finish(pass: GPUComputePassEncoder, index: number, before: Part): void {
    const { tilesX, tilesY, samples } = this.kernels.sizes;
    const parts = () => [this.step(index), this.samples, before, this.words, this.state];
    this.dispatch(pass, "finish", index, parts, tilesX, tilesY, samples);
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
    this.freeStates();
    this.kernels.destroy();
    for (const buffer of [this.samples, this.table]) buffer.destroy();
  }
}
