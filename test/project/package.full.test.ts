// The package as it is published: what it weighs, that it runs without its peers, that it is bundled and trains in pages.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { findChromium } from "#scripts/setup/chromium.mjs";
import { root } from "#scripts/setup/root.mjs";
import type { Learned } from "./app.js";

const MOST_PACKAGES = 10;
const MOST_BYTES = 15e6;
const MOST_BUNDLED = 100_000;
const STEPS = 20;

const folder = mkdtempSync(join(tmpdir(), "package é "));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, args: string[]) {
  const done = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  return { code: done.status, said: done.stdout + done.stderr };
}

function works(command: string, args: string[]): string {
  const { code, said } = run(command, args);
  assert.equal(code, 0, `${command} ${args.join(" ")}\n${said}`);
  return said;
}

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

/** The app as scripts by name, the first loaded one first; further ones are loaded when they are asked for. */
async function bundled(): Promise<Map<string, Uint8Array>> {
  copyFileSync(join(root, "test/project/app.ts"), join(folder, "app.ts"));
  const options = {
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
  } as const;
  const { outputFiles } = await build({
    ...options,
    entryPoints: [join(folder, "app.ts")],
    outdir: join(folder, "out"),
    absWorkingDir: folder,
    write: false,
    logLevel: "silent",
  });
  return new Map(
    outputFiles.map(({ path, contents }) => [path.slice(join(folder, "out").length + 1), contents]),
  );
}

test("the package as it is published", { timeout: 600_000 }, async (t) => {
  works(process.execPath, [join(root, "scripts/setup/pack.mjs"), folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  works("npm", ["install", "--silent", "--no-audit", "--no-fund", "--prefer-offline", join(folder, tarball)]);

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
      try { nca.picture(frames[100]); } catch (error) { console.log(error.message); }`;
    writeFileSync(join(folder, "mine.js"), script);
    assert.match(
      works(process.execPath, ["mine.js"]),
      /^101\nDrawing needs the package @napi-rs\/canvas, which is not installed: npm install @napi-rs\/canvas@1\n$/,
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

  const files = await bundled();
  const here = "app.js";

  await t.test("is bundled for a page, small at first", (t) => {
    const sizes = [...files].map(([name, { length }]) => `${name} ${length}`).join(", ");
    const first = files.get(here)!;
    const text = new TextDecoder().decode(first);
    const loaded = [...files].filter(([name]) => name === here || text.includes(`from"./${name}"`));
    const bytes = loaded.reduce((sum, [, { length }]) => sum + length, 0);
    const zipped = loaded.reduce((sum, [, content]) => sum + gzipSync(content).length, 0);
    t.diagnostic(`first load ${bytes} bytes, ${zipped} with gzip; ${sizes}`);
    assert.ok(bytes <= MOST_BUNDLED, `${bytes} bytes: ${sizes}`);
    assert.doesNotMatch(text, /tensorflow|skia|node:fs/);
  });

  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  const script = `import { learn } from "./${here}"; console.log(JSON.stringify(await learn(${STEPS})));`;
  writeFileSync(join(folder, "learn.js"), script);
  const { fingerprint } = JSON.parse(works(process.execPath, ["learn.js"]));

  const executablePath = findChromium();
  for (const isolated of [false, true]) {
    const name = `trains in a page, ${isolated ? "with" : "without"} shared memory, to the bits that Node has`;
    await t.test(name, { skip: executablePath ? false : "no Chromium here" }, async (t) => {
      const server = createServer((request, response) => {
        const file = files.get(request.url!.slice(1));
        response.setHeader("content-type", file ? "text/javascript" : "text/html");
        if (isolated) {
          response.setHeader("cross-origin-opener-policy", "same-origin");
          response.setHeader("cross-origin-embedder-policy", "require-corp");
        }
        response.end(file ?? "<!doctype html><title>app</title>");
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
      try {
        const page = await browser.newPage();
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
        const learn = () => page.evaluate(`import("/${here}").then(({ learn }) => learn(${STEPS}))`);
        await learn(); // what comes second is not held up by loading
        const { secondsPerStep, longest, ...rest } = (await learn()) as Learned;
        t.diagnostic(
          `${(1000 * secondsPerStep).toFixed(0)} ms a step, the page waited ${longest.toFixed(0)} ms at most`,
        );
        assert.deepEqual(rest, { fingerprint });
        assert.ok(longest < 50, `the page waited ${longest} ms`);
      } finally {
        await browser.close();
        server.close();
      }
    });
  }
});
