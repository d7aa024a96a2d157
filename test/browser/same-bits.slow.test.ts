// One rngSeed gives the same weights bit for bit: with any number of threads, in Node and in a browser's page.

import assert from "node:assert/strict";
import test from "node:test";
import { chromium } from "playwright-core";
import { findChromium } from "#scripts/setup/chromium.mjs";
import { canFuse } from "../../lib/engine/wasm/fused.js";
import { serve } from "./dist-server.js";
import { fusedHash, trainedHash } from "./rollout.js";

const STEPS = 200;
/** Changes only when what the engine computes changes, bit for bit. */
const GOLDEN = "0ed3347b";
/** Of a batch of one. */
const GOLDEN_ONE = "fb18084e";
const STEPS_ONE = 6;
/** The same two with fused arithmetic, on any processor that fuses. */
const FUSED = "ec03e203";
const FUSED_ONE = "888b184f";
/** Runs as root in a container, and looks nothing up on the network. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
];

test("1, 2, 3 or 8 threads give the golden hash", async () => {
  for (const threads of [1, 2, 3, 8]) {
    assert.equal(await trainedHash(threads, STEPS, "many"), GOLDEN, `${threads} threads`);
    assert.equal(
      await trainedHash(threads, STEPS_ONE, "one"),
      GOLDEN_ONE,
      `${threads} threads, a batch of one`,
    );
  }
});

const fuses = canFuse();
test("fused arithmetic has golden hashes of its own", { skip: fuses === true ? false : fuses }, async () => {
  for (const threads of [1, 2, 3, 8]) {
    assert.equal(await fusedHash(threads, STEPS, "many"), FUSED, `${threads} threads`);
    assert.equal(await fusedHash(threads, STEPS_ONE, "one"), FUSED_ONE, `${threads} threads, a batch of one`);
  }
});

const executablePath = findChromium();

for (const isolated of [false, true]) {
  const name = `a page in Chromium, ${isolated ? "with" : "without"} shared memory, gives the golden hash`;
  test(name, { skip: executablePath ? false : "no Chromium here", timeout: 120_000 }, async (context) => {
    const browser = await chromium.launch({ executablePath, args: FLAGS });
    const { server, address } = await serve(isolated);
    try {
      const page = await browser.newPage();
      await page.goto(address);
      assert.equal(await page.evaluate("crossOriginIsolated"), isolated);
      const hash = (steps: number, kind: string) =>
        page.evaluate(
          `import("/test/browser/rollout.js").then((it) => it.trainedHash(2, ${steps}, "${kind}"))`,
        );
      assert.equal(await hash(STEPS, "many"), GOLDEN);
      assert.equal(await hash(STEPS_ONE, "one"), GOLDEN_ONE);
      const fused = await page.evaluate(
        `import("/test/browser/rollout.js").then((it) => it.fusedHash(2, ${STEPS}, "many"))`,
      );
      if (fuses === true) assert.equal(fused, FUSED);
      const inWorker = (steps: number, kind: string): Promise<{ hash: string; longest: number }> =>
        page.evaluate(
          `import("/test/browser/rollout.js").then((it) => it.trainedInWorker(2, ${steps}, "${kind}"))`,
        );
      const many = await inWorker(STEPS, "many");
      assert.equal(many.hash, GOLDEN);
      assert.equal((await inWorker(STEPS_ONE, "one")).hash, GOLDEN_ONE);
      context.diagnostic(`the page waited ${many.longest.toFixed(0)} ms at most while the worker trained`);
    } finally {
      await browser.close();
      server.close();
    }
  });
}
