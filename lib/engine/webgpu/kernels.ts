// The kernels of one shape, and the constants that all of their dispatches share.

import type { RuleSpec } from "../../rule/spec.js";
import type { Strains } from "../../rule/strains.js";
import type { Device, Kernel, Use } from "./device.js";
import { packFilters, packRules, packSpread } from "./pack.js";
import { constantsOf, type Shape, type Sizes, sizesOf } from "./shape.js";
import * as wgsl from "./wgsl.generated.js";

const [UNIFORM, READ, WRITE]: readonly Use[] = ["uniform", "read-only-storage", "storage"];

/** A kernel's text without constants, and how it uses its buffers, in the order of their bindings. */
const KERNELS = {
  forward: {
    text: wgsl.step + wgsl.perceive + wgsl.layer + wgsl.forward,
    uses: [UNIFORM, UNIFORM, UNIFORM, READ, READ, READ, WRITE, WRITE],
  },
  finish: { text: wgsl.step + wgsl.finish, uses: [UNIFORM, READ, READ, WRITE, WRITE] },
  backward: {
    text: wgsl.step + wgsl.perceive + wgsl.layer + wgsl.backward,
    uses: [UNIFORM, UNIFORM, READ, READ, READ, READ, READ, WRITE, READ, WRITE],
  },
  gradient: {
    text: wgsl.step + wgsl.perceive + wgsl.gradient,
    uses: [UNIFORM, UNIFORM, READ, READ, READ, READ, READ, READ, READ, WRITE],
  },
  sum: { text: wgsl.sum, uses: [UNIFORM, READ, WRITE] },
  transpose: { text: wgsl.transpose, uses: [WRITE] },
  again: { text: wgsl.step + wgsl.again, uses: [UNIFORM, READ, WRITE, WRITE] },
  begin: { text: wgsl.step + wgsl.begin, uses: [READ, WRITE, WRITE] },
  loss: {
    text: wgsl.step + wgsl.learning + wgsl.loss,
    uses: [UNIFORM, READ, READ, READ, READ, WRITE, WRITE],
  },
  norm: { text: wgsl.learning + wgsl.norm, uses: [READ, WRITE] },
  adam: { text: wgsl.learning + wgsl.adam, uses: [READ, READ, READ, WRITE, WRITE, WRITE, WRITE] },
} as const;

export type KernelName = keyof typeof KERNELS;

/** A shape on a device. */
export class Kernels {
  readonly sizes: Sizes;
  readonly filters: GPUBuffer;
  readonly spread: GPUBuffer;
  /** All rules' parameters, [rules, strains, weightVecs]. */
  readonly weights: GPUBuffer;
  private readonly constants: string;
  private readonly compiled = new Map<KernelName, Kernel>();

  constructor(
    readonly device: Device,
    readonly shape: Shape,
    dSlots: number,
  ) {
    const { spec, strains, rules } = shape;
    this.sizes = sizesOf(shape);
    this.constants = constantsOf(shape, dSlots);
    this.filters = device.uniform(packFilters(spec));
    this.spread = device.uniform(new Uint32Array(4 * strains));
    this.weights = device.buffer(rules * strains * this.sizes.weightVecs * 16);
  }

  get spec(): RuleSpec {
    return this.shape.spec;
  }

  /** A kernel, compiled when it is first asked for. */
  kernel(name: KernelName): Kernel {
    const { text, uses } = KERNELS[name];
    const kernel = this.compiled.get(name) ?? this.device.kernel(this.constants + text, uses);
    this.compiled.set(name, kernel);
    return kernel;
  }

  /** Takes these strains' parameters and their spread, as those of the samples of a rule. */
  setRules(strains: Strains, rule = 0): void {
    this.device.write(this.weights, packRules(strains, this.sizes), this.weightsOf(rule, 0));
    this.device.write(this.spread, packSpread(strains));
  }

  /** Where the weights of a rule's strain lie. */
  weightsOf(rule: number, strain: number): number {
    return (rule * this.shape.strains + strain) * this.sizes.weightVecs * 16;
  }

  destroy(): void {
    for (const buffer of [this.filters, this.spread, this.weights]) buffer.destroy();
  }
}
