// Builds dist/: the AssemblyScript kernels first, then the playground's page, then everything in TypeScript. Does
// nothing when dist/ is fresh.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./root.mjs";
import { hasStaticData } from "./wasm.mjs";

const KERNELS = "lib/engine/wasm/kernels";
const KERNELS_OUT = "lib/engine/wasm/kernels.generated.ts";
const HELPER_OUT = "lib/engine/wasm/helper.generated.ts";
const WORKER_OUT = "lib/engine/worker/server.generated.ts";
const TRAINER_OUT = "lib/page/training/server.generated.ts";
const WGSL = "lib/engine/webgpu/wgsl";
const WGSL_OUT = "lib/engine/webgpu/wgsl.generated.ts";
const PLAYGROUND = "lib/page/app";
const PLAYGROUND_OUT = "lib/page/bundle.generated.ts";
const STAMP = "dist/.built";
const COMPILED = ["lib", "scripts", "test", "bench"];
const SOURCES = [...COMPILED, "package.json", "package-lock.json", "tsconfig.json"];
const MEMORY_PAGES_MAX = 65_536; // 4 GiB, all that a 32-bit pointer reaches

/**
 * The newest modification time below the paths, in milliseconds; generated files do not count.
 *
 * @param {string[]} paths
 */
function newest(paths) {
  let time = 0;
  for (const path of paths) {
    const full = join(root, path);
    if (!existsSync(full) || /\.generated\.ts$|\/node_modules$/.test(path)) continue;
    const stat = statSync(full);
    const within = stat.isDirectory() ? newest(readdirSync(full).map((name) => `${path}/${name}`)) : 0;
    time = Math.max(time, stat.mtimeMs, within);
  }
  return time;
}

/**
 * Runs a script of a package, and ends the process where that fails.
 *
 * @param {string} script its path in node_modules
 * @param {string[]} args
 */
function run(script, args) {
  const done = spawnSync(process.execPath, [join(root, "node_modules", script), ...args], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (done.status !== 0) fail(script);
}

/**
 * @param {string} script
 * @returns {never}
 */
function fail(script) {
  rmSync(join(root, STAMP), { force: true });
  console.error(`Build failed in ${script}; the messages above say where.`);
  process.exit(1);
}

/**
 * Compiles AssemblyScript; returns the bytes of the binary.
 *
 * @param {string} source
 * @param {string} out
 * @param {string[]} flags
 */
function compileKernels(source, out, flags) {
  const common = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--importMemory"];
  run("assemblyscript/bin/asc.js", [source, "-o", out, ...common, ...flags]);
  const bytes = readFileSync(join(root, out));
  if (!hasStaticData(bytes)) return bytes;
  console.error(`${source}: got static data, such as a string or a static array; expected none, as the host`);
  console.error(
    "lays out all of the memory and would overwrite it. Pass a pointer to a table of the host instead.",
  );
  return fail("asc");
}

/** Makes two binaries of one source, both for shared memory: sums that are rounded twice, and once. */
function buildKernels() {
  mkdirSync(join(root, "dist/bench"), { recursive: true });
  const peak = "bench/kernels/peak.ts";
  compileKernels(peak, "dist/bench/peak-wasm.wasm", ["--enable", "threads"]);
  compileKernels(peak, "dist/bench/peak-fused.wasm", ["--enable", "threads", "--enable", "relaxed-simd"]);
  const shared = ["--enable", "threads", "--sharedMemory", "--maximumMemory", String(MEMORY_PAGES_MAX)];
  const variants = { plain: shared, fused: [...shared, "--enable", "relaxed-simd"] };
  let source = "// Made by scripts/setup/build.mjs from lib/engine/wasm/kernels; not kept in git.\n";
  for (const [name, flags] of Object.entries(variants)) {
    const bytes = compileKernels(`${KERNELS}/index.ts`, `dist/kernels-${name}.wasm`, flags);
    source += `export const ${name}: string =\n  "${bytes.toString("base64")}";\n`;
  }
  writeFileSync(join(root, KERNELS_OUT), source);
}

/**
 * What a script or a style comes to in one file, minified.
 *
 * @param {string} entry
 * @param {import("esbuild").BuildOptions} [more]
 */
function bundled(entry, more = {}) {
  /** @type {typeof import("esbuild")} */
  const { buildSync } = createRequire(import.meta.url)("esbuild"); // not there before npm has installed it
  const options = { target: "es2022", ...more, absWorkingDir: root, bundle: true, minify: true };
  try {
    const built = buildSync({ ...options, entryPoints: [entry], legalComments: "none", write: false });
    return built.outputFiles[0].text;
  } catch {
    return fail("esbuild"); // which has said why
  }
}

/**
 * Writes a module of texts.
 *
 * @param {string} path
 * @param {Record<string, string>} texts
 */
function writeTexts(path, texts) {
  const lines = Object.entries(texts).map(
    ([name, text]) => `export const ${name}: string = ${JSON.stringify(text)};\n`,
  );
  const about = "// Made by scripts/setup/build.mjs from what lies beside it; not kept in git.\n";
  writeFileSync(join(root, path), about + lines.join(""));
}

/**
 * A shader's text as the library carries it: a page loads half of it so.
 *
 * @param {string} text
 */
function withoutComments(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
  return code.replace(/^\s+|[ \t]+$/gm, "");
}

/** Writes the scripts that threads are started with, and the playground's script and style, as text. */
function buildTexts() {
  const shaders = readdirSync(join(root, WGSL)).map((name) => [
    name.replace(".wgsl", ""),
    withoutComments(readFileSync(join(root, WGSL, name), "utf8")),
  ]);
  writeTexts(WGSL_OUT, Object.fromEntries(shaders));
  writeTexts(HELPER_OUT, { helper: bundled("lib/engine/wasm/helper.ts", { format: "iife" }) });
  writeTexts(WORKER_OUT, { server: bundled("lib/engine/worker/server.ts", { format: "iife" }) });
  writeTexts(TRAINER_OUT, { trainer: bundled("lib/page/training/server.ts", { format: "iife" }) });
  writeTexts(PLAYGROUND_OUT, {
    script: bundled(`${PLAYGROUND}/main.tsx`, { format: "esm", platform: "browser" }),
    style: bundled(`${PLAYGROUND}/page.css`),
  });
}

/**
 * Removes what was compiled from sources that are gone: an old test would still run, an old module still load.
 *
 * @param {string} folder
 */
function removeOrphans(folder) {
  const full = join(root, "dist", folder);
  if (!existsSync(full)) return;
  for (const entry of readdirSync(full, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    const source = join(root, path.replace(/(\.d\.ts|\.js)$/, ".ts").replace(/\.d\.mts$/, ".mjs"));
    const isThere = existsSync(source) || existsSync(`${source}x`);
    if (entry.isDirectory()) removeOrphans(path);
    else if (/\.(d\.m?ts|js)$/.test(path) && !isThere) rmSync(join(root, "dist", path));
  }
}

export function build() {
  const built = newest([STAMP]);
  const generated = [KERNELS_OUT, HELPER_OUT, WORKER_OUT, WGSL_OUT, TRAINER_OUT, PLAYGROUND_OUT].every(
    (path) => existsSync(join(root, path)),
  );
  if (built > newest(SOURCES) && generated) return;
  if (
    !existsSync(join(root, KERNELS_OUT)) ||
    built < newest([KERNELS, "bench/kernels", "lib/engine/wasm/layout.ts"])
  )
    buildKernels();
  buildTexts();
  const started = new Date(); // an edit made while the compiler runs is newer than the stamp
  run("typescript/bin/tsc", ["--build"]); // the scripts beside this one first
  for (const folder of COMPILED) removeOrphans(folder);
  writeFileSync(join(root, STAMP), "");
  utimesSync(join(root, STAMP), started, started);
}

if (process.argv[1]?.endsWith("build.mjs")) build();
