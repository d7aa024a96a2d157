// A texture's shader: what it says of bytes, whom it refuses, and, where there is a driver, that it computes what the rule does.

import assert from "node:assert/strict";
import test from "node:test";
import { Random } from "../../lib/cells/random.js";
import { engineNamed } from "../../lib/engine/engines.js";
import { stateAt } from "../../lib/engine/grow.js";
import { requestDevice } from "../../lib/engine/webgpu/gpu.js";
import { createRule, PARAMETERS, type Rule } from "../../lib/rule/rule.js";
import { seedFor } from "../../lib/rule/seeds.js";
import { TEXTURE_SPEC } from "../../lib/textures/texture.js";
import { encodeWgsl, inBytes, wgslBytes } from "../../lib/textures/wgsl.js";
import { whyMissing } from "../engine/swiftshader.js";

function moving(options = {}): Rule {
  const rule = createRule({ ...TEXTURE_SPEC, channels: 6, hidden: 18, ...options });
  const random = new Random(1);
  for (const name of PARAMETERS)
    rule.parameters[name].forEach((_, i, weights) => {
      weights[i] = random.uniform(-0.2, 0.2);
    });
  return rule;
}

test("a micro rule fits in 588 bytes, and rounding it twice is rounding it once", () => {
  const rule = moving();
  assert.equal(wgslBytes(rule), 580);
  const once = inBytes(rule);
  for (const name of PARAMETERS) {
    const off = once.parameters[name].map((weight, i) => Math.abs(weight - rule.parameters[name][i]));
    assert.ok(Math.max(...off) <= 0.2 / 127 / 2 + 1e-6);
    inBytes(once).parameters[name].forEach((weight, i) => {
      assert.ok(Math.abs(weight - once.parameters[name][i]) < 1e-6);
    });
  }
  assert.equal(encodeWgsl(once), encodeWgsl(inBytes(once)));
});

test("rules whose cells die, or that live on a grid with edges, are no textures", () => {
  for (const rule of [createRule(), moving({ boundary: "zero" })])
    assert.throws(() => encodeWgsl(rule), { name: "InvalidInputError", message: /no texture's/ });
});

test("the shader computes what the rounded rule does", { skip: await whyMissing() }, async () => {
  const [rule, height, width, steps] = [moving(), 13, 21, 12];
  const expected = await stateAt(inBytes(rule), seedFor(rule, { height, width }), steps, {
    engine: engineNamed("wasm"),
  });
  const found = await ran(encodeWgsl(rule), seedFor(rule, { height, width }).data, { height, width, steps });
  const off = expected.data.map((value, i) => Math.abs(value - found[i]));
  assert.ok(Math.max(...off) < 1e-4, `${Math.max(...off)}`);
  assert.ok(expected.data.some((value) => Math.abs(value) > 0.1 && value !== 1));
});

/** Runs a shader as its first lines say. */
async function ran(
  code: string,
  start: Float32Array,
  { height, width, steps }: { height: number; width: number; steps: number },
): Promise<Float32Array> {
  const { device: gpu } = await requestDevice();
  const module = gpu.createShaderModule({ code });
  const pipeline = gpu.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
  const { STORAGE, COPY_SRC, COPY_DST, UNIFORM, MAP_READ } = {
    STORAGE: 128,
    COPY_SRC: 4,
    COPY_DST: 8,
    UNIFORM: 64,
    MAP_READ: 1,
  };
  const size = start.byteLength;
  const grids = [0, 1].map(() => gpu.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST }));
  const run = gpu.createBuffer({ size: 16, usage: UNIFORM | COPY_DST });
  gpu.queue.writeBuffer(grids[0], 0, start as Float32Array<ArrayBuffer>);
  for (let step = 0; step < steps; step++) {
    gpu.queue.writeBuffer(run, 0, Uint32Array.of(width, height, step));
    const entries = [grids[step % 2], grids[(step + 1) % 2], run].map((buffer, binding) => ({
      binding,
      resource: { buffer },
    }));
    const encoder = gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(Math.ceil(width / 8), Math.ceil(height / 8));
    pass.end();
    gpu.queue.submit([encoder.finish()]);
  }
  const read = gpu.createBuffer({ size, usage: MAP_READ | COPY_DST });
  const encoder = gpu.createCommandEncoder();
  encoder.copyBufferToBuffer(grids[steps % 2], 0, read, 0, size);
  gpu.queue.submit([encoder.finish()]);
  await read.mapAsync(1);
  const numbers = new Float32Array(read.getMappedRange()).slice();
  gpu.destroy();
  return numbers;
}
