import assert from "node:assert/strict";
import test from "node:test";
import type { Contender } from "../../bench/contenders.js";
import { cellsOf, remarksOf } from "../../bench/format.js";
import { PeerError } from "../../bench/peers/start.js";
import { headlines } from "../../bench/report.js";
import { resultsOf } from "../../bench/results.js";
import { ANSWER, fake, workload } from "./fake.js";

const measure = (contenders: readonly Contender[]) =>
  resultsOf(workload(), "train", { contenders, rounds: 1, peaks: { wasm: 1, fused: 1 } });

const engine = fake("wasm", () => ANSWER);
const failing = fake("pytorch", () => {
  throw new PeerError("no module named torch");
});

test("a peer that cannot take part has no figures, and says why; the others have theirs", async () => {
  const [own, peer] = await measure([engine, failing]);
  assert.equal(own.secondsPerStep, ANSWER.seconds);
  assert.deepEqual([peer.secondsPerStep, peer.peakRssMb], [null, null]);
  assert.equal(peer.why, "no module named torch");
  assert.equal(remarksOf(peer), "no module named torch");
  assert.deepEqual(cellsOf(peer, own).slice(3), ["2", "-", "", "", "", "", ""]);
});

test("the engine's threads are those that have something to do", async () => {
  const [own] = await measure([engine]);
  assert.equal(own.threads, 1);
});

test("a peer that computes something else than the engine is refused, and both numbers are named", async () => {
  const near = fake("near", () => ({ ...ANSWER, loss: 1.09 * ANSWER.loss }));
  const far = fake("far", () => ({ ...ANSWER, loss: 0.6 }));
  const [, like, unlike] = await measure([engine, near, far]);
  assert.deepEqual([like.secondsPerStep, like.why], [ANSWER.seconds, undefined]);
  assert.deepEqual([unlike.secondsPerStep, unlike.peakRssMb], [null, null]);
  assert.equal(unlike.why, "its last state's mean square is 0.6, wasm's 0.5");
});

test("a state that is not a number is refused", async () => {
  const lost = JSON.parse(JSON.stringify({ ...ANSWER, loss: Number.NaN })); // on its way from another process
  const [, peer] = await measure([engine, fake("lost", () => lost)]);
  assert.equal(peer.secondsPerStep, null);
});

test("without the engine, or where it fails, there is nothing to compare with", async () => {
  const far = fake("far", () => ({ ...ANSWER, loss: 0.6 }));
  const [alone] = await measure([far]);
  assert.equal(alone.secondsPerStep, ANSWER.seconds);
  const broken = { ...failing, impl: "wasm" };
  const [own, peer] = await measure([broken, far]);
  assert.deepEqual([own.secondsPerStep, peer.secondsPerStep], [null, ANSWER.seconds]);
});

test("a headline takes the fastest peer that did all of the work, and names its version", async () => {
  const timed = (impl: string, seconds: number) => fake(impl, () => ({ ...ANSWER, seconds }));
  const slow = { ...timed("jax-js", 0.01), numbers: 1 };
  const contenders = [
    timed("wasm", 0.2),
    timed("fused", 0.1),
    timed("pytorch", 3),
    timed("pytorch-compiled", 2),
    slow,
  ];
  const results = await measure(contenders);
  const versions = { pytorch: "2.11", "jax-js": "0.1" };
  const machine = { cpu: "", cores: 2, memoryGb: 1, system: "", node: "", v8: "", gpu: null, versions };
  assert.deepEqual(headlines({ results, machine }), [
    "- `test`: pytorch-compiled 2.11 2.00 s; `wasm` 200 ms, 10x; `fused` 100 ms, 20x",
  ]);
});
