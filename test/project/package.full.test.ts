// The package as it is published: what it weighs, that it runs without its peers, that it is bundled and trains in pages.
import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { root } from "#scripts/setup/root.mjs";
import { APP, bundledApp, serveApp } from "./app-server.js";
import { BROWSERS } from "./browsers.js";
import { installed } from "./installed.js";

const MOST_PACKAGES = 10;
const MOST_BYTES = 15e6;
const MOST_BUNDLED = 105_000;
const STEPS = 20;

/** Bytes of all files in a folder. */
function bytesOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

/** Folders of packages in node_modules, those of a scope one by one. */
function packagesIn(path: string): string[] {
  return readdirSync(path)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) => (name.startsWith("@") ? packagesIn(join(path, name)) : [name]));
}

test("the package as it is published", { timeout: 600_000 }, async (t) => {
  const { folder, tarball, run, works, remove } = installed();
  t.after(remove);

  await t.test("is light", (t) => {
    const packages = packagesIn(join(folder, "node_modules"));
    const bytes = bytesOf(join(folder, "node_modules"));
    t.diagnostic(`${packages.length} packages, ${(bytes / 1e6).toFixed(1)} MB`);
    assert.ok(packages.length <= MOST_PACKAGES, packages.join(", "));
    assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
  });

  const tools = join(root, "test/tools/node_modules/.bin");
  const skip = existsSync(tools) ? false : "the tools are not installed: npm ci --prefix test/tools";
  await t.test("is well formed, and its types are found", { skip }, () => {
    assert.match(works(join(tools, "publint"), ["run", tarball]), /All good!/);
    works(join(tools, "attw"), ["--profile", "esm-only", tarball]);
  });

  await t.test("runs with no peer, and says how one is installed where it is needed", () => {
    const script = `
      import * as nca from "differentiable-morphogenesis";
      import { createRequire } from "node:module";
      const model = createRequire(import.meta.url).resolve("differentiable-morphogenesis/models/lizard.safetensors");
      const frames = await nca.grow(await nca.load(model), { steps: 100 });
      await nca.writeFileAtomic("lizard.gif", new Uint8Array(1));
      console.log(frames.length);
      try { nca.picture(frames[100]); } catch (error) { console.log(error.message); }
      const options = { engine: nca.engineNamed("webgpu"), steps: 1 };
      await nca.grow(await nca.load(model), options).catch(({ message }) => console.log(message));`;
    writeFileSync(join(folder, "mine.js"), script);
    assert.match(
      works(process.execPath, ["mine.js"]),
      /^101\nDrawing needs the package @napi-rs\/canvas, which is not installed: npm install @napi-rs\/canvas@1\nThe engine webgpu needs the package webgpu, .*: npm install webgpu\.\n$/,
    );
  });

  await t.test("has a program that trains and grows", () => {
    copyFileSync(join(root, "targets/bird.png"), join(folder, "bird.png"));
    const program = (...args: string[]) =>
      run("npx", ["--no-install", "differentiable-morphogenesis", ...args]);
    const small = ["--size", "12", "--padding", "4", "--hidden", "8", "--batch", "2", "--pool", "4"];
    const trained = program(
      "train",
      "--target",
      "bird.png",
      ...small,
      "--steps",
      "2",
      "--out",
      "b.safetensors",
    );
    assert.equal(trained.code, 0, trained.said);
    const help = program("grow", "--help").said;
    assert.match(help, /^Usage: differentiable-morphogenesis grow \[flags\]/);
    assert.match(program("grows").said, /Did you mean grow\?/);
    const drawn = program("grow", "--model", "lizard", "--out", "lizard.png");
    assert.match(drawn.said, /npm install @napi-rs\/canvas/);
  });

  await t.test("README's app runs", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const [, code] = /```ts\n(import \* as nca from "differentiable-morphogenesis\/core";[\s\S]*?)```/.exec(
      readme,
    )!;
    const about =
      "const pixels = { data: new Uint8ClampedArray(9 * 9 * 4).fill(200), width: 9, height: 9 };\n" +
      "const report = (step: number, logLoss: number) => console.log(step, logLoss < 0);\n";
    writeFileSync(join(folder, "readme.ts"), about + code.replace("steps: 1600", "steps: 2"));
    const types = ["--typeRoots", join(root, "node_modules/@types"), "--types", "node"];
    const strict = ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", ...types];
    works(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...strict, "readme.ts"]);
    assert.equal(works(process.execPath, ["readme.js"]), "1 true\n2 true\n");
  });

  const files = await bundledApp(folder);

  await t.test("is bundled for a page, small at first", (t) => {
    const sizes = [...files].map(([name, { length }]) => `${name} ${length}`).join(", ");
    const first = files.get(APP)!;
    const text = new TextDecoder().decode(first);
    const loaded = [...files].filter(([name]) => name === APP || text.includes(`from"./${name}"`));
    const bytes = loaded.reduce((sum, [, { length }]) => sum + length, 0);
    const zipped = loaded.reduce((sum, [, content]) => sum + gzipSync(content).length, 0);
    t.diagnostic(`first load ${bytes} bytes, ${zipped} with gzip; ${sizes}`);
    assert.ok(bytes <= MOST_BUNDLED, `${bytes} bytes: ${sizes}`);
    assert.doesNotMatch(text, /tensorflow|skia|node:fs/);
  });

  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  const script = `import { learn } from "./${APP}"; console.log(JSON.stringify(await learn(${STEPS})));`;
  writeFileSync(join(folder, "learn.js"), script);
  const { fingerprint } = JSON.parse(works(process.execPath, ["learn.js"]));

  for (const [browser, open] of Object.entries(BROWSERS)) {
    for (const isIsolated of [false, true]) {
      const name = `trains in ${browser}, ${isIsolated ? "with" : "without"} shared memory, to the bits that Node has`;
      const skip = open.isThere() ? false : `no ${browser} here`;
      await t.test(name, { skip, timeout: 120_000 }, async (t) => {
        const { address, learned, close } = await serveApp(files, STEPS, isIsolated);
        const child = open.start(address, mkdtempSync(join(folder, "profile ")));
        try {
          const { secondsPerStep, longest, ...rest } = await learned;
          assert.deepEqual(rest, { fingerprint, isIsolated });
          t.diagnostic(
            `${(1000 * secondsPerStep).toFixed(0)} ms a step, the page waited ${longest.toFixed(0)} ms at most`,
          );
          if (browser === "Chromium") assert.ok(longest < 50, `the page waited ${longest} ms`);
        } finally {
          close();
          process.kill(-child.pid!, "SIGKILL");
        }
      });
    }
  }

  // its install script moves the binary to where .bin leads; without scripts it lies where it came
  const moved = `@oven/bun-${process.platform}-${process.arch}/bin/bun`;
  const bun = existsSync(join(root, "test/tools/node_modules", moved)) ? moved : ".bin/bun";
  for (const [name, path, ...flags] of [
    ["Deno", ".bin/deno", "run", "--allow-all"],
    ["Bun", bun],
  ]) {
    const program = join(root, "test/tools/node_modules", path);
    const skip = existsSync(program) ? false : `no ${name} here: npm ci --prefix test/tools`;
    await t.test(`trains in ${name} to the bits that Node has`, { skip, timeout: 120_000 }, () => {
      assert.equal(JSON.parse(works(program, [...flags, "learn.js"])).fingerprint, fingerprint);
    });
  }
});
