// Builds dist/: the AssemblyScript kernels first, then everything in TypeScript. Does nothing when dist/ is fresh.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

const KERNELS = "lib/engine/kernels";
const KERNELS_OUT = "lib/engine/kernels.generated.ts";
const STAMP = "dist/.built";
const SOURCES = ["lib", "scripts", "test", "bench", "package.json", "tsconfig.json"];
const MEMORY_PAGES_MAX = 65_536; // 4 GiB, all that a 32-bit pointer reaches

/** The newest modification time below the paths, in milliseconds; generated files do not count. */
function newest(paths) {
  let time = 0;
  for (const path of paths) {
    const full = join(root, path);
    if (!existsSync(full) || path.endsWith(".generated.ts")) continue;
    const stat = statSync(full);
    const within = stat.isDirectory() ? newest(readdirSync(full).map((name) => `${path}/${name}`)) : 0;
    time = Math.max(time, stat.mtimeMs, within);
  }
  return time;
}

function run(script, args) {
  const done = spawnSync(process.execPath, [join(root, "node_modules", script), ...args], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (done.status !== 0) {
    rmSync(join(root, STAMP), { force: true });
    console.error(`Build failed in ${script}; the messages above say where.`);
    process.exit(1);
  }
}

/** Two binaries of one source: with shared memory for threads, and without for pages that may not have it. */
function buildKernels() {
  mkdirSync(join(root, "dist"), { recursive: true });
  const variants = {
    shared: ["--enable", "threads", "--sharedMemory", "--maximumMemory", String(MEMORY_PAGES_MAX)],
    single: ["--enable", "threads", "--maximumMemory", String(MEMORY_PAGES_MAX)],
  };
  let source = "// Made by scripts/build.mjs from lib/engine/kernels; not kept in git.\n";
  for (const [name, flags] of Object.entries(variants)) {
    const out = `dist/kernels-${name}.wasm`;
    const common = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--importMemory"];
    run("assemblyscript/bin/asc.js", [`${KERNELS}/index.ts`, "-o", out, ...common, ...flags]);
    const base64 = readFileSync(join(root, out)).toString("base64");
    source += `export const ${name} =\n  "${base64}";\n`;
  }
  writeFileSync(join(root, KERNELS_OUT), source);
}

export function build() {
  const built = newest([STAMP]);
  if (built > newest(SOURCES) && existsSync(join(root, KERNELS_OUT))) return;
  if (!existsSync(join(root, KERNELS_OUT)) || built < newest([KERNELS, "lib/engine/layout.ts"])) buildKernels();
  run("typescript/bin/tsc", []);
  writeFileSync(join(root, STAMP), "");
}

if (process.argv[1]?.endsWith("build.mjs")) build();
