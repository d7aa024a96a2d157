// A GPU device with what the engine needs of it: buffers, kernels, dispatches, reading back. Knows no rule.

import { EngineError } from "../../cells/errors.js";
import type { Card } from "./gpu.js";

// Numbers that the standard fixes; Node has no globals of these names.
const [MAP_READ, COPY_SRC, COPY_DST, UNIFORM, STORAGE] = [0x1, 0x4, 0x8, 0x40, 0x80];
const COMPUTE = 0x4;
/** How many buffers are kept for reading, and how large they may be together. */
const [STAGED, STAGED_BYTES] = [4, 64 * 2 ** 20];
/** A buffer's part is bound at a multiple of so many bytes. */
export const ALIGNMENT = 256;

/** How a kernel uses a buffer: as constants, to read, or to read and write. */
export type Use = "uniform" | "read-only-storage" | "storage";

export interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** A buffer, or a part of one. */
export interface Part {
  readonly buffer: GPUBuffer;
  readonly offset?: number;
  readonly size?: number;
}

export class Device {
  private failed?: string;
  /** Buffers that were read from, for what is read next. */
  private readonly staging: GPUBuffer[] = [];
  private readonly kernels = new Map<string, Kernel>();

  private readonly device: GPUDevice;
  readonly card: Card;

  constructor({ device, ...card }: Card & { readonly device: GPUDevice }) {
    this.device = device;
    this.card = card;
    device.addEventListener("uncapturederror", ({ error }) => {
      this.failed ??= error.message.split("\n")[0];
    });
    void device.lost.then(({ message }) => {
      this.failed = `the device was lost: ${message || "no reason was given"}`;
    });
  }

  /** Whether nothing can be computed on it any more. */
  get isBroken(): boolean {
    return this.failed !== undefined;
  }

  /** The most bytes of a buffer that a kernel can use. */
  get mostBytes(): number {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.device.limits;
    return Math.min(maxStorageBufferBindingSize, maxBufferSize);
  }

  /** A buffer of zeros for kernels. Throws EngineError where it would be larger than the device allows. */
  buffer(bytes: number): GPUBuffer {
    this.check();
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    if (size > this.mostBytes) {
      const mib = (n: number) => Math.ceil(n / 2 ** 20).toLocaleString("en");
      throw new EngineError(
        `A buffer of ${mib(size)} MiB is needed; this GPU allows ${mib(this.mostBytes)} MiB: ` +
          "take a smaller grid or batch, fewer rules at once, or the engine wasm.",
      );
    }
    return this.device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
  }

  /** A buffer of constants, with these numbers. */
  uniform(data: ArrayBufferView): GPUBuffer {
    this.check();
    const size = Math.ceil(data.byteLength / ALIGNMENT) * ALIGNMENT;
    const buffer = this.device.createBuffer({ size, usage: UNIFORM | COPY_DST });
    this.write(buffer, data);
    return buffer;
  }

  write(buffer: GPUBuffer, data: ArrayBufferView, offset = 0): void {
    this.device.queue.writeBuffer(buffer, offset, data as ArrayBufferView<ArrayBuffer>); // none of ours is shared
  }

  /** Compiles a kernel, or gives the one that was compiled of this text. */
  kernel(code: string, uses: readonly Use[]): Kernel {
    this.check();
    const known = this.kernels.get(code);
    if (known) return known;
    const entries = uses.map((type, binding) => ({ binding, visibility: COMPUTE, buffer: { type } }));
    const layout = this.device.createBindGroupLayout({ entries });
    const module = this.device.createShaderModule({ code });
    const pipeline = this.device.createComputePipeline({
      layout: this.device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main" },
    });
    const made = { pipeline, layout };
    this.kernels.set(code, made);
    return made;
  }

  bind({ layout }: Kernel, parts: readonly (Part | GPUBuffer)[]): GPUBindGroup {
    const entries = parts.map((part, binding) => {
      return { binding, resource: "buffer" in part ? { ...part } : { buffer: part } };
    });
    return this.device.createBindGroup({ layout, entries });
  }

  /** Submits what `encode` asks for. */
  run(encode: (encoder: GPUCommandEncoder) => void): void {
    const encoder = this.device.createCommandEncoder();
    encode(encoder);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Submits the dispatches of one pass. */
  compute(encode: (pass: GPUComputePassEncoder) => void): void {
    this.run((encoder) => {
      const pass = encoder.beginComputePass();
      encode(pass);
      pass.end();
    });
  }

  /** Copies a part of a buffer to another that is as large. */
  copy(encoder: GPUCommandEncoder, from: Part, to: Part): void {
    const size = to.size ?? from.size ?? to.buffer.size;
    encoder.copyBufferToBuffer(from.buffer, from.offset ?? 0, to.buffer, to.offset ?? 0, size);
  }

  /** What lies in a buffer's part, after everything that was submitted. Throws EngineError where the device failed. */
  async read({ buffer, offset = 0, size = buffer.size }: Part): Promise<ArrayBuffer> {
    this.check();
    const bytesOf = Math.ceil(size / 4) * 4;
    const free = this.staging.findIndex((one) => one.size === bytesOf);
    const copy =
      this.staging.splice(free, free < 0 ? 0 : 1)[0] ??
      this.device.createBuffer({ size: bytesOf, usage: MAP_READ | COPY_DST });
    this.run((encoder) => encoder.copyBufferToBuffer(buffer, offset, copy, 0, copy.size));
    try {
      await copy.mapAsync(1);
    } catch (error) {
      this.failed ??= error instanceof Error ? error.message : `${error}`;
    }
    this.check();
    const bytes = copy.getMappedRange().slice(0, size);
    copy.unmap();
    this.staging.push(copy);
    const held = () => this.staging.reduce((sum, one) => sum + one.size, 0);
    while (this.staging.length > STAGED || held() > STAGED_BYTES) this.staging.shift()?.destroy();
    return bytes;
  }

  private check(): void {
    if (this.failed === undefined) return;
    throw new EngineError(
      `The GPU failed (${this.failed}). Try again, with a smaller grid or batch if its memory is full, or take the engine wasm.`,
    );
  }

  /** Gives the device back; it computes nothing from then on. */
  dispose(): void {
    this.failed ??= "it was given back";
    this.device.destroy();
  }
}
