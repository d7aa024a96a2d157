// A rollout with a tape, and its backward pass. States of even and odd steps lie in different buffers, as a dispatch may not read
// and write the same one; the tape is cut into segments of so many steps as a buffer can hold.

import type { Cells } from "../../cells/cells.js";
import { EngineError } from "../../cells/errors.js";
import { type Parameters, zeroParameters } from "../../rule/rule.js";
import type { Strains } from "../../rule/strains.js";
import type { RolloutOptions } from "../engine.js";
import { Batch } from "./batch.js";
import type { Device, Part } from "./device.js";
import { unpackParameters } from "./pack.js";
import { type Shape, sizesOf } from "./shape.js";

/** Steps of a segment, if the device's buffers are large enough: an even number. */
const SEGMENT = 16;
/** About so many workgroups sum a segment's gradients. */
const WORKGROUPS = 512;
/** Numbers that a workgroup of sum.wgsl adds up side by side. */
const ADDERS = 32;

/** How many steps a segment has, and how many workgroups sum a step and sample's gradient. */
function cutOf(shape: Shape, device: Device): { readonly segment: number; readonly turns: number } {
  const { slotVecs, ruleVecs, samples, tilesX, tilesY } = sizesOf(shape);
  for (let segment = SEGMENT; segment >= 2; segment -= 2) {
    const states = (segment / 2 + 1) * slotVecs * 16;
    const sums = segment * samples * ruleVecs * 16;
    if (Math.max(states, sums) > device.mostBytes) continue;
    const most = Math.floor(device.mostBytes / sums);
    const turns = Math.max(1, Math.floor(WORKGROUPS / (segment * samples)));
    return { segment, turns: Math.min(most, turns, tilesX * tilesY) };
  }
  throw new EngineError(
    `A batch of ${samples} x ${shape.height} x ${shape.width} cells is too large for the buffers of this GPU; ` +
      "take a smaller grid or batch, fewer rules at once, or the engine wasm.",
  );
}

/** The constants of a segment's sums: see `Range` in gradient.wgsl and `Sums` in sum.wgsl. */
interface SegmentSums {
  readonly range: GPUBuffer;
  readonly sums: GPUBuffer;
}

export class Tape {
  readonly batch: Batch;
  private readonly segment: number;
  private readonly turns: number;
  /** u of even and of odd steps, by segment. */
  private readonly states: readonly (readonly GPUBuffer[])[];
  private readonly segmentSums: readonly SegmentSums[];
  /** dL/du by the parity of u's number, each a ring; dy in turns. */
  private readonly d: readonly GPUBuffer[];
  private readonly dy: readonly GPUBuffer[];
  private readonly sums: GPUBuffer;
  /** Of all rules' parameters, [rules, RULE_VECS]. */
  readonly gradient: GPUBuffer;

  /** Room for rollouts of at most `most` steps. */
  constructor(
    private readonly device: Device,
    readonly shape: Shape,
    readonly most: number,
  ) {
    const { segment, turns } = cutOf(shape, device);
    [this.segment, this.turns] = [segment, turns];
    // from step -1 on, which finishes the gradient of the first state
    const steps = Array.from({ length: most + 2 }, (_, i) => ({ number: i - 1, before: i - 1, after: i }));
    this.batch = new Batch(device, shape, { slots: most + 2, steps, dSlots: this.ring });
    const { samples, area, featureVecs, ruleVecs } = this.batch.kernels.sizes;
    const { stateBytes } = this.batch;
    const two = (bytes: number) => [device.buffer(bytes), device.buffer(bytes)];
    const segments = Array.from({ length: Math.floor(most / segment) + 1 }, (_, i) => i * segment);
    this.states = segments.map(() => two((segment / 2) * stateBytes)); // u of step 0 to that after the last
    this.segmentSums = segments.map((from) => ({
      range: device.uniform(Uint32Array.of(from, turns)),
      sums: device.uniform(new Uint32Array(3)),
    }));
    this.d = two(this.ring * stateBytes);
    this.dy = two(samples * area * featureVecs * 16);
    this.sums = device.buffer(segment * samples * turns * ruleVecs * 16);
    this.gradient = device.buffer(shape.rules * ruleVecs * 16);
  }

  /** Slots of the rings in which dL/du lies: those of a segment, and one of the segment after it. */
  private get ring(): number {
    return this.segment / 2 + 1;
  }

  /** Where the table has a step; it begins with step -1. */
  private stepIndex(number: number): number {
    return number + 1;
  }

  stepPart(number: number): Part {
    return this.batch.step(this.stepIndex(number));
  }

  /** u before a step, or after the last one. */
  statePart(number: number): Part {
    const { segment } = this;
    const size = this.batch.stateBytes;
    const buffer = this.states[Math.floor(number / segment)][number % 2];
    return { buffer, offset: Math.floor((number % segment) / 2) * size, size };
  }

  /** dL/du, where u is before a step, or after the last one. */
  dPart(number: number): Part {
    const size = this.batch.stateBytes;
    return { buffer: this.d[number % 2], offset: (Math.floor(number / 2) % this.ring) * size, size };
  }

  /** Runs the rollout, and gives its last state. */
  async forward(
    strains: Strains,
    cells: Cells,
    { steps, rngSeed, firstStep = 0 }: RolloutOptions,
  ): Promise<Cells> {
    const { batch } = this;
    batch.begin(strains, cells, this.statePart(0));
    batch.live({ rngSeed, start: 0, end: steps, firstCoin: firstStep });
    this.device.compute((pass) => {
      this.live(pass, steps);
      this.finish(pass, steps);
    });
    return batch.last(cells, steps + 1);
  }

  /** The gradient of the parameters, and of the first state where that is asked for. */
  async backward(
    dCells: Float32Array,
    steps: number,
    wantsFirst: boolean,
  ): Promise<{ readonly dFirst?: Float32Array; readonly dParameters: Parameters }> {
    const { device, batch, shape } = this;
    const { sizes } = batch.kernels;
    if (steps === 0) return { dFirst: dCells.slice(), dParameters: zeroParameters(shape.spec) };
    batch.put(this.dPart(steps), dCells);
    device.compute((pass) => {
      this.goBack(pass, steps);
      if (wantsFirst) this.chain(pass, -1, 0);
    });
    const packed = new Float32Array(await device.read({ buffer: this.gradient, size: sizes.ruleVecs * 16 }));
    const dParameters = unpackParameters(shape.spec, packed, sizes);
    return wantsFirst ? { dFirst: await batch.take(this.dPart(0)), dParameters } : { dParameters };
  }

  /** Steps 0 to `steps - 1` of all samples that live them. */
  live(pass: GPUComputePassEncoder, steps: number): void {
    const ends = (number: number) => [this.statePart(number), this.statePart(number + 1)] as const;
    this.batch.forward(pass, steps, this.stepIndex(0), ends);
  }

  /** Leaves the last state of the samples that end after so many steps. */
  finish(pass: GPUComputePassEncoder, steps: number): void {
    this.batch.finish(pass, this.stepIndex(steps), this.statePart(steps));
  }

  /** The gradient of the parameters in steps 0 to `steps - 1`, of samples whose `dPart` holds that of their last state. */
  goBack(pass: GPUComputePassEncoder, steps: number): void {
    for (let to = steps; to > 0; ) {
      const from = Math.floor((to - 1) / this.segment) * this.segment;
      this.chain(pass, from, to);
      this.sum(pass, from, to, to === steps);
      to = from;
    }
  }

  /** The gradient through steps `from` to `to - 1`, the last first. */
  private chain(pass: GPUComputePassEncoder, from: number, to: number): void {
    const { batch } = this;
    pass.setPipeline(batch.kernels.kernel("backward").pipeline);
    for (let number = to - 1; number >= from; number--) {
      const group = batch.bound("backward", number, () => this.chainParts(number));
      batch.overTiles(pass, group);
    }
  }

  private chainParts(number: number): (Part | GPUBuffer)[] {
    const { kernels, samples, words } = this.batch;
    const odd = (number + 2) % 2;
    return [
      ...[this.stepPart(number), kernels.filters, samples, kernels.weights],
      ...[this.statePart(Math.max(number, 0)), words],
      ...[this.dPart(number + 2), this.dPart(number + 1), this.dy[1 - odd], this.dy[odd]],
    ];
  }

  /** The gradient of the parameters in steps `from` to `to - 1`, of one segment. */
  private sum(pass: GPUComputePassEncoder, from: number, to: number, isFirst: boolean): void {
    const { device, batch, turns, shape } = this;
    const { kernels, samples, words } = batch;
    const { sizes } = kernels;
    const index = from / this.segment;
    const { range, sums } = this.segmentSums[index];
    device.write(sums, Uint32Array.of(to - from, turns, Number(isFirst)));
    const given = [range, kernels.filters, samples, kernels.weights, ...this.states[index], words];
    const blocks = turns * sizes.featureBlocks * sizes.unitBlocks;
    const all = () => [...given, ...this.d, this.sums];
    batch.dispatch(pass, "gradient", index, all, to - from, sizes.samples, blocks);
    const parts = () => [sums, this.sums, this.gradient];
    batch.dispatch(pass, "sum", index, parts, Math.ceil(sizes.ruleVecs / ADDERS), shape.rules);
  }

  /** Gives back the tape, so that nothing can be computed any more; the rules' weights stay. */
  freeStates(): void {
    this.batch.freeStates();
    for (const buffer of [...this.states.flat(), ...this.d, ...this.dy, this.sums]) buffer.destroy();
  }

  destroy(): void {
    this.freeStates();
    this.batch.destroy();
    for (const { range, sums } of this.segmentSums) for (const buffer of [range, sums]) buffer.destroy();
    this.gradient.destroy();
  }
}
