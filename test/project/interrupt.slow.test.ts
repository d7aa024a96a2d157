// An interrupt ends the cell that runs and leaves a kernel that answers.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { NO_JUPYTER } from "./jupyter.js";
import { runCells } from "./kernel.js";

const SECOND = 1000;

test("an interrupted cell ends at once and the next one runs", {
  timeout: 120 * SECOND,
  skip: NO_JUPYTER,
}, () => {
  const wait = 'console.log("waiting"); await new Promise((resolve) => setTimeout(resolve, 60_000));';
  const [waiting, next] = runCells([wait, "1 + 1"], { folder: tmpdir(), interrupt: 0 });
  assert.equal(waiting.status, "error");
  assert.match(waiting.stderr, /Interrupted asynchronously/);
  assert.ok(waiting.seconds < 10, `took ${waiting.seconds} s`);
  assert.equal(next.status, "ok");
  assert.equal(next.stdout, "2\n");
});

test("a loop that an interrupt does not reach is seen by its late outputs", {
  timeout: 120 * SECOND,
  skip: NO_JUPYTER,
}, () => {
  const loop = `
    for (let i = 0; i < 100; i++) { console.log("turn", i); await new Promise((r) => setTimeout(r, 100)); }`;
  const [first] = runCells([loop, "1 + 1"], { folder: tmpdir(), interrupt: 0, watchSeconds: 2 });
  assert.equal(first.status, "error");
  assert.ok(first.late > 0, "the loop was expected to run on");
});
