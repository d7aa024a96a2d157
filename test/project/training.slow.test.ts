// Interrupting the kernel while a cell trains stops the training, and the rule remains usable.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_JUPYTER } from "./jupyter.js";
import { runCells } from "./kernel.js";

const SECOND = 1000;
const SETUP = `
import * as nca from "../lib";
const rule = nca.createRule({ hidden: 16, rngSeed: 1 });
const target = await nca.loadTarget("../targets/lizard.png", { size: 16, padding: 4 });
const seen = { steps: 0 };
function saw(step: number) {
  if (step === 1) console.log("training");
  seen.steps = step;
}`;
const LOOK = `
const stoppedAt = seen.steps;
await new Promise((resolve) => setTimeout(resolve, 1500));
const changed = rule.parameters.w2.some((weight) => weight !== 0);
const frames = await nca.grow(rule, { steps: 5, size: 24 });
console.log(JSON.stringify({ stoppedAt, later: seen.steps, changed, frames: frames.length }));`;
const LOOPS = {
  "one call": "await nca.train(rule, target, { steps: 100_000, onStep: ({ step }) => saw(step) });",
  "a loop of the reader's own": `
for await (const { step } of nca.training(rule, target, { steps: 100_000 })) saw(step);
await 0;`,
};

for (const [name, loop] of Object.entries(LOOPS)) {
  test(`an interrupt really stops a training in ${name}`, { timeout: 180 * SECOND, skip: NO_JUPYTER }, () => {
    const cells = runCells([SETUP, loop, LOOK], { interrupt: 1 });
    const [setup, training, look] = cells;
    assert.equal(setup.status, "ok", setup.stderr);
    assert.equal(training.status, "error");
    assert.match(training.stderr, /Stopped at step [\d,]+ of 100,000|[Ii]nterrupted/);
    assert.equal(look.status, "ok", look.stderr);
    const { stoppedAt, later, changed, frames } = JSON.parse(look.stdout);
    assert.ok(stoppedAt > 0, "it never trained");
    assert.equal(later, stoppedAt, "it trained on after the interrupt");
    assert.deepEqual([changed, frames], [true, 6]);
  });
}
