// What an entry of the package brings with it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { root } from "#scripts/setup/root.mjs";

/** Packages and Node's modules that a module of lib/ needs, as its bundle has them. */
async function neededBy(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(root, "dist/lib", `${entry}.js`)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "silent",
  });
  const imports = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
  return [...new Set(imports.filter(({ external }) => external).map(({ path }) => path))].sort();
}

test("core needs no Node module, no TensorFlow.js and no canvas", async () => {
  assert.deepEqual(await neededBy("core"), ["fast-png", "fflate"]);
});

test("only tensor needs TensorFlow.js, and only drawing's packages are loaded late", async () => {
  const needed = await neededBy("node");
  assert.deepEqual(
    needed.filter((path) => !path.startsWith("node:")),
    ["fast-png", "fflate", "gif-encoder-2"],
  );
  assert.ok((await neededBy("tensor")).includes("@tensorflow/tfjs"));
});
