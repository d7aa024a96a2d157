// A notebook that trains for long needs no more memory in the end than in the beginning.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_JUPYTER } from "./jupyter.js";
import { runCells } from "./kernel.js";

const SETUP = `
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@tensorflow/tfjs";
import * as nca from "../lib";
await nca.ready();
const target = await nca.loadTarget("../targets/lizard.png", { size: 16, padding: 4 });
const rule = nca.createRule({ hidden: 16, rngSeed: 1 });
const looks: number[][] = [];
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
function look() {
  collect();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  looks.push([tf.memory().numTensors, rss / 2 ** 20, (heapUsed + arrayBuffers) / 2 ** 20]);
}
const chart = nca.lossChart({ steps: 1000 });`;
const ENGINE = `
for await (const step of nca.training(rule, target, { steps: 1000, poolSize: 32, rollout: [8, 12] })) {
  chart.update(step);
  if (step.step % 200 === 0) look();
}
await 0;`;
const TENSORS = `
const model = nca.tensorRule(rule);
const batch = nca.toTensor(nca.seedCells(2, 24, 24, 16));
const optimizer = tf.train.adam(1e-3);
for (let step = 1; step <= 1000; step++) {
  optimizer.minimize(() => model.rollout(batch, { steps: 8 }).square().mean() as tf.Scalar);
  if (step % 200 === 0) look();
}`;
/** Megabytes that the garbage collector and the allocator may leave lying about. */
const SLACK = 40;

for (const [what, loop] of Object.entries({
  "nca.training": ENGINE,
  "TensorFlow.js's own optimizer": TENSORS,
})) {
  test(`1,000 training steps by ${what} leak nothing in the kernel`, {
    timeout: 300_000,
    skip: NO_JUPYTER,
  }, () => {
    const cells = runCells([SETUP, loop, "console.log(JSON.stringify(looks));"]);
    for (const { status, stderr } of cells) assert.equal(status, "ok", stderr);
    const looks: number[][] = JSON.parse(cells[2].stdout);
    assert.equal(looks.length, 5);
    const [first, last] = [looks[1], looks[4]];
    assert.equal(last[0], first[0], `tensors: ${JSON.stringify(looks)}`);
    assert.ok(
      last[1] - first[1] < SLACK && last[2] - first[2] < SLACK,
      `megabytes: ${JSON.stringify(looks)}`,
    );
  });
}
