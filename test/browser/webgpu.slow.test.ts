// The WebGPU engine in a page. Without a graphics card Chromium's own SwiftShader computes.

import assert from "node:assert/strict";
import test from "node:test";
import { chromium } from "playwright-core";
import { findChromium } from "#scripts/setup/chromium.mjs";
import { serve } from "./dist-server.js";
import type { gpuErrors, gpuLosses } from "./gpu-case.js";

const FLAGS = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
];
/** As a share of the largest number. */
const MOST = 1e-4;

const executablePath = findChromium();
const skip = executablePath ? false : "no Chromium here";

/** What a function of gpu-case.ts gives in a page. */
async function inPage<T>(name: string): Promise<T> {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const { server, address } = await serve(false);
  try {
    const page = await browser.newPage();
    await page.goto(address);
    return await page.evaluate(`import("/test/browser/gpu-case.js").then((it) => it.${name}())`);
  } finally {
    await browser.close();
    server.close();
  }
}

test("a page's WebGPU gives the reference's states and gradients", {
  skip,
  timeout: 120_000,
}, async (context) => {
  const errors = await inPage<Awaited<ReturnType<typeof gpuErrors>>>("gpuErrors");
  if ("missing" in errors) return context.skip(errors.missing);
  context.diagnostic(
    `states ${errors.states.toExponential(1)}, gradients ${errors.gradients.toExponential(1)}`,
  );
  assert.ok(errors.states < MOST && errors.gradients < MOST, JSON.stringify(errors));
});

test("a worker of a page trains on WebGPU as wasm does", { skip, timeout: 120_000 }, async (context) => {
  const losses = await inPage<Awaited<ReturnType<typeof gpuLosses>>>("gpuLossesInWorker");
  if ("missing" in losses) return context.skip(losses.missing);
  const { gpu, wasm } = losses;
  assert.equal(gpu.length, 4);
  gpu.forEach((loss, step) => {
    assert.ok(Math.abs(loss / wasm[step] - 1) < MOST, `step ${step}: ${loss}, ${wasm[step]} on wasm`);
  });
});
