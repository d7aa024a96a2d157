// Binder's hooks, run here as Binder runs them: from a build to a Jupyter that knows the kernel.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { requireJupyter } from "#scripts/setup/jupyter.mjs";
import { root } from "#scripts/setup/root.mjs";
import { NO_JUPYTER } from "./jupyter.js";

const home = mkdtempSync(join(tmpdir(), "binder-home-")); // Binder's can be written, whatever ours is like
after(() => rmSync(home, { recursive: true, force: true }));

function run(command: string, ...args: string[]): string {
  const { JUPYTER_PATH: _, ...env } = process.env;
  const done = spawnSync(command, args, { cwd: root, env: { ...env, HOME: home }, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

test("Binder's Jupyter finds the kernel", { timeout: 120_000, skip: NO_JUPYTER }, () => {
  run("binder/postBuild");
  const list = ["-m", "jupyter_client.kernelspecapp", "list", "--json"];
  const { kernelspecs } = JSON.parse(run("binder/start", requireJupyter().python, ...list));
  assert.equal(kernelspecs.tslab.spec.language, "typescript");
});
