// A rollout with a tape, and its backward pass. States of even and odd steps lie in different buffers, as a dispatch may not read
// and write the same one; the tape is cut into segments of so many steps as a buffer can hold.

import type { Cells } from "../../cells/cells.js";
import { EngineError } from "../../cells/errors.js";
import { type Parameters, zeroParameters } from "../../rule/rule.js";
import type { Strains } from "../../rule/strains.js";
import type { RolloutOptions } from "../engine.js";
import { ALIGNMENT, type Device, type Part } from "./device.js";
import { Kernels } from "./kernels.js";
import { firstWords, packSamples, padChannels, strainsIn, stripChannels, unpackParameters } from "./pack.js";
import { type Shape, sizesOf } from "./shape.js";
import { STEP_BYTES, stepTable } from "./track.js";

/** Steps of a segment, if the device's buffers are large enough: an even number. */
const SEGMENT = 16;
/** About so many workgroups sum a segment's gradients. */
const WORKGROUPS = 512;

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
      "take a smaller grid or batch, or the engine wasm.",
  );
}

export class Tape {
  private readonly kernels: Kernels;
  private readonly segment: number;
  private readonly turns: number;
  /** u of even and of odd steps, by segment. */
  private readonly states: (readonly GPUBuffer[])[];
  private readonly words: GPUBuffer;
  private readonly samples: GPUBuffer;
  private readonly state: GPUBuffer;
  private readonly table: GPUBuffer;
  /** dL/du by the parity of u's number, each a ring; dy in turns. */
  private readonly d: readonly GPUBuffer[];
  private readonly dy: readonly GPUBuffer[];
  private readonly sums: GPUBuffer;
  private readonly gradient: GPUBuffer;

  /** Room for rollouts of at most `most` steps. */
  constructor(
    private readonly device: Device,
    readonly shape: Shape,
    readonly most: number,
  ) {
    const { segment, turns } = cutOf(shape, device);
    [this.segment, this.turns] = [segment, turns];
    this.kernels = new Kernels(device, shape, segment / 2 + 1);
    const { slotVecs, samples, area, featureVecs, ruleVecs } = this.kernels.sizes;
    const segments = Math.floor(most / segment) + 1; // u of step 0 to that after the last
    const half = () => device.buffer((segment / 2) * slotVecs * 16);
    this.states = Array.from({ length: segments }, () => [half(), half()]);
    this.words = device.buffer((most + 2) * samples * area * 4);
    this.samples = device.buffer(samples * 16);
    this.state = device.buffer(slotVecs * 16);
    const entries = Array.from({ length: most + 2 }, (_, i) => ({ number: i - 1, before: i - 1, after: i }));
    this.table = device.uniform(stepTable(entries));
    const ring = () => device.buffer((segment / 2 + 1) * slotVecs * 16);
    this.d = [ring(), ring()];
    const features = () => device.buffer(samples * area * featureVecs * 16);
    this.dy = [features(), features()];
    this.sums = device.buffer(segment * samples * turns * ruleVecs * 16);
    this.gradient = device.buffer(shape.rules * ruleVecs * 16);
  }

  private stepPart(number: number): Part {
    return { buffer: this.table, offset: (number + 1) * ALIGNMENT, size: STEP_BYTES };
  }

  /** u before a step, or after the last one. */
  private statePart(number: number): Part {
    const { segment } = this;
    const size = this.kernels.sizes.slotVecs * 16;
    const buffer = this.states[Math.floor(number / segment)][number % 2];
    return { buffer, offset: Math.floor((number % segment) / 2) * size, size };
  }

  /** dL/du, where u is before a step, or after the last one. */
  private dPart(number: number): Part {
    const size = this.kernels.sizes.slotVecs * 16;
    return {
      buffer: this.d[number % 2],
      offset: (Math.floor(number / 2) % (this.segment / 2 + 1)) * size,
      size,
    };
  }

  /** Runs the rollout, and gives its last state. */
  async forward(
    strains: Strains,
    cells: Cells,
    { steps, rngSeed, firstStep = 0 }: RolloutOptions,
  ): Promise<Cells> {
    const { device, kernels } = this;
    const { sizes } = kernels;
    const { samples, area, tilesX, tilesY, channelVecs } = sizes;
    kernels.setRules(strains);
    const first = this.statePart(0);
    const data = padChannels(cells.data, cells.channels, sizes) as Float32Array<ArrayBuffer>;
    device.write(first.buffer, data, first.offset);
    device.write(this.words, firstWords(cells) as Uint32Array<ArrayBuffer>);
    const how = { rngSeed, start: 0, end: steps, firstCoin: firstStep };
    device.write(this.samples, packSamples(samples, how) as Int32Array<ArrayBuffer>);
    const encoder = device.encoder();
    const pass = encoder.beginComputePass();
    const forward = kernels.kernel("forward");
    pass.setPipeline(forward.pipeline);
    const [filters, spread] = [kernels.filters, kernels.spread].map((buffer) => ({ buffer }));
    const [all, weights, words] = [this.samples, kernels.weights, this.words].map((buffer) => ({ buffer }));
    for (let number = 0; number < steps; number++) {
      const [before, after] = [this.statePart(number), this.statePart(number + 1)];
      const parts = [this.stepPart(number), filters, spread, all, weights, before, after, words];
      pass.setBindGroup(0, device.bind(forward, parts));
      pass.dispatchWorkgroups(tilesX, tilesY, samples);
    }
    const finish = kernels.kernel("finish");
    pass.setPipeline(finish.pipeline);
    const parts = [this.stepPart(steps), all, this.statePart(steps), words, { buffer: this.state }];
    pass.setBindGroup(0, device.bind(finish, parts));
    pass.dispatchWorkgroups(tilesX, tilesY, samples);
    pass.end();
    device.submit(encoder);
    const bytes = samples * area * channelVecs * 16;
    const state = new Float32Array(await device.read({ buffer: this.state, size: bytes }));
    const { strains: _, ...like } = cells;
    const last = { ...like, data: stripChannels(state, cells.channels, sizes) };
    if (strains.rules.length === 1) return last;
    const size = samples * area * 4;
    const after = await device.read({ buffer: this.words, offset: (steps + 1) * size, size });
    return { ...last, strains: strainsIn(new Uint32Array(after)) };
  }

  /** The gradient of the parameters, and of the first state where that is asked for. */
  async backward(
    dCells: Float32Array,
    steps: number,
    wantsFirst: boolean,
  ): Promise<{ readonly dFirst?: Float32Array; readonly dParameters: Parameters }> {
    const { device, kernels, shape } = this;
    const { sizes } = kernels;
    const { spec } = shape;
    if (steps === 0) return { dFirst: dCells.slice(), dParameters: zeroParameters(spec) };
    const last = this.dPart(steps);
    const data = padChannels(dCells, spec.channels, sizes) as Float32Array<ArrayBuffer>;
    device.write(last.buffer, data, last.offset);
    const encoder = device.encoder();
    const pass = encoder.beginComputePass();
    for (let to = steps; to > 0; ) {
      const from = Math.floor((to - 1) / this.segment) * this.segment;
      this.chain(pass, from, to);
      this.sum(pass, from, to, to === steps);
      to = from;
    }
    if (wantsFirst) this.chain(pass, -1, 0);
    pass.end();
    device.submit(encoder);
    const packed = new Float32Array(await device.read({ buffer: this.gradient, size: sizes.ruleVecs * 16 }));
    const dParameters = unpackParameters(spec, packed, sizes);
    if (!wantsFirst) return { dParameters };
    const bytes = sizes.samples * sizes.area * sizes.channelVecs * 16;
    const first = new Float32Array(await device.read({ ...this.dPart(0), size: bytes }));
    return { dFirst: stripChannels(first, spec.channels, sizes), dParameters };
  }

  /** The gradient through steps `from` to `to - 1`, the last first. */
  private chain(pass: GPUComputePassEncoder, from: number, to: number): void {
    const { device, kernels } = this;
    const { tilesX, tilesY, samples } = kernels.sizes;
    const backward = kernels.kernel("backward");
    pass.setPipeline(backward.pipeline);
    const [filters, all] = [kernels.filters, this.samples].map((buffer) => ({ buffer }));
    const [weights, words] = [kernels.weights, this.words].map((buffer) => ({ buffer }));
    for (let number = to - 1; number >= from; number--) {
      const odd = (number + 2) % 2;
      const parts = [
        ...[this.stepPart(number), filters, all, weights, this.statePart(Math.max(number, 0)), words],
        ...[this.dPart(number + 2), this.dPart(number + 1)],
        ...[this.dy[1 - odd], this.dy[odd]].map((buffer) => ({ buffer })),
      ];
      pass.setBindGroup(0, device.bind(backward, parts));
      pass.dispatchWorkgroups(tilesX, tilesY, samples);
    }
  }

  /** The gradient of the parameters in steps `from` to `to - 1`, of one segment. */
  private sum(pass: GPUComputePassEncoder, from: number, to: number, isFirst: boolean): void {
    const { device, kernels, turns, shape } = this;
    const { sizes } = kernels;
    const [even, odd] = this.states[from / this.segment];
    const range = device.uniform(Uint32Array.of(from, turns));
    const gradient = kernels.kernel("gradient");
    const buffers = [
      ...[range, kernels.filters, this.samples, kernels.weights, even, odd, this.words],
      ...[...this.d, this.sums],
    ];
    pass.setPipeline(gradient.pipeline);
    pass.setBindGroup(
      0,
      device.bind(
        gradient,
        buffers.map((buffer) => ({ buffer })),
      ),
    );
    pass.dispatchWorkgroups(to - from, sizes.samples, turns * sizes.featureBlocks * sizes.unitBlocks);
    const of = device.uniform(Uint32Array.of(to - from, turns, Number(isFirst)));
    const sum = kernels.kernel("sum");
    pass.setPipeline(sum.pipeline);
    pass.setBindGroup(
      0,
      device.bind(
        sum,
        [of, this.sums, this.gradient].map((buffer) => ({ buffer })),
      ),
    );
    pass.dispatchWorkgroups(Math.ceil(sizes.ruleVecs / 32), shape.rules);
  }

  destroy(): void {
    this.kernels.destroy();
    const single = [this.words, this.samples, this.state, this.table, this.sums, this.gradient];
    for (const buffer of [...this.states.flat(), ...this.d, ...this.dy, ...single]) buffer.destroy();
  }
}
