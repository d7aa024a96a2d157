// npm run kernel: for VS Code and one's own Jupyter.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { requireJupyter } from "#scripts/setup/jupyter.mjs";
import { root } from "#scripts/setup/root.mjs";
import { NO_JUPYTER } from "./jupyter.js";

const data = mkdtempSync(join(tmpdir(), "jupyter data "));
after(() => rmSync(data, { recursive: true }));

function kernel(...args: string[]): string {
  const env = { ...process.env, JUPYTER_DATA_DIR: data };
  const done = spawnSync(process.execPath, ["scripts/setup/kernel.mjs", ...args], {
    cwd: root,
    env,
    encoding: "utf8",
  });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

const specAt = (name: string) => join(data, "kernels", name, "kernel.json");

test("the kernel is registered where one's own Jupyter finds it, and goes again", {
  skip: NO_JUPYTER,
}, () => {
  assert.match(kernel(), /Registered the kernel.*To undo it: npm run kernel -- --remove/s);
  const list = ["-m", "jupyter_client.kernelspecapp", "list", "--json"];
  const env = { ...process.env, JUPYTER_DATA_DIR: data };
  const { stdout } = spawnSync(requireJupyter().python, list, { env, encoding: "utf8" });
  const { spec } = JSON.parse(stdout).kernelspecs.tslab;
  assert.equal(spec.display_name, "TypeScript (differentiable-morphogenesis)");
  const [, , , before, tslab] = spec.argv;
  assert.ok(existsSync(fileURLToPath(before)), "it shows last expressions");
  assert.ok(existsSync(tslab) && tslab.endsWith("tslab"), "it runs this project's tslab");
  assert.match(kernel("--remove"), /^Removed .*tslab\.$/m);
  assert.match(kernel("--remove"), /not registered/);
});

test("another tslab's kernel stays as it is", () => {
  mkdirSync(join(data, "kernels/tslab"), { recursive: true });
  writeFileSync(specAt("tslab"), '{"argv":["tslab"]}');
  assert.match(kernel(), /kernels\/differentiable-morphogenesis\.[\s\S]*tslab, is taken there/);
  assert.ok(existsSync(specAt("differentiable-morphogenesis")));
  kernel("--remove");
  assert.ok(!existsSync(specAt("differentiable-morphogenesis")));
  assert.equal(readFileSync(specAt("tslab"), "utf8"), '{"argv":["tslab"]}');
});
