// Checks the project. The names of test files say where they belong, see tests.mjs.
//   npm run check       style, types and the fast tests; or only the test files that are named, whatever their kind
//   npm test            style, types, fast and slow tests, the notebooks in quick mode; `-- --only PART` for one part
//   npm run test:full   the rest of the tests
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { hasJupyter, missing, programs } from "./programs.mjs";
import { root } from "./root.mjs";
import { ensureNpmCache, install } from "./setup.mjs";
import { compiled, kindOf, namedTests, testFiles } from "./tests.mjs";

/**
 * Tests that drive Jupyter run in turn: kernels that start at the same time may take each other's ports.
 *
 * @param {string} path
 */
const drivesJupyter = (path) => path.startsWith("test/project/") && kindOf(path) !== "fast";

/** Packages that only the full tests need. */
const TOOLS = join(root, "test/tools");
const SKIPPED = "skipped";

/** @typedef {(text: string) => unknown} Write */

/**
 * Runs a script of ours or of a package by this Node; true when it succeeded.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @param {Write} [write] takes what it prints; the terminal does if not given
 * @returns {Promise<boolean>}
 */
function node(args, env = {}, write) {
  const out = write ? "pipe" : "inherit";
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["inherit", out, out],
  });
  if (write) for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", write);
  return new Promise((done) => child.on("close", (code) => done(code === 0)));
}

/**
 * @param {string[]} files
 * @param {Write} [write]
 */
function runTests(files, write) {
  if (files.length === 0) return true; // without names Node would look for tests everywhere
  const atOnce = files.some(drivesJupyter) ? 1 : Math.max(2, availableParallelism() >> 1); // most use several threads
  const flags = ["--test", "--test-reporter=spec", `--test-concurrency=${atOnce}`];
  const env = files.every((path) => kindOf(path) === "fast") ? {} : programs();
  return node([...flags, ...files.map(compiled)], env, write);
}

/** Biome colours the output of `ci` even where that does not go to a terminal. */
function lint() {
  const colours = process.stdout.isTTY ? [] : ["--colors=off"];
  return node(["node_modules/@biomejs/biome/bin/biome", "ci", ...colours, "."]);
}

function compile() {
  build();
  return true;
}

/** @param {Write} [write] */
function notebooks(write) {
  return hasJupyter() ? node(["dist/scripts/notebooks.js", "--quick"], {}, write) : SKIPPED;
}

/** @typedef {{ title: string, run: (write?: Write) => boolean | string | Promise<boolean> }} Part */

/**
 * The part that runs some of the tests.
 *
 * @param {string} title
 * @param {(path: string, kind: string) => boolean} belongs
 * @returns {Part}
 */
function testing(title, belongs) {
  const files = () => testFiles().filter((path) => belongs(path, kindOf(path)));
  return { title, run: (write) => runTests(files(), write) };
}

/** @type {Record<string, Part>} */
const PARTS = {
  lint: { title: "Format and lint", run: lint },
  types: { title: "Build and types", run: compile },
  fast: testing("Fast tests", (_, kind) => kind === "fast"),
  unit: testing("Unit, property and browser tests", (path, kind) => kind !== "full" && !drivesJupyter(path)),
  jupyter: testing("Tests of notebooks and kernels", (path, kind) => kind !== "full" && drivesJupyter(path)),
  notebooks: { title: "Notebooks, quickly", run: notebooks },
  full: testing("Full tests", (_, kind) => kind === "full"),
};

/**
 * Titles of the parts that failed.
 *
 * @type {string[]}
 */
const failed = [];

/** @param {number} since */
function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Runs parts one after another up to the first that fails; true when none did.
 *
 * @param {string[]} names
 * @param {Write} [write]
 */
async function inTurn(names, write) {
  const say = (/** @type {string} */ line) => (write ? write(`${line}\n`) : console.log(line));
  for (const { title, run } of names.map((name) => PARTS[name])) {
    const started = performance.now();
    say(`\n== ${title}`);
    const outcome = await run(write);
    const result = outcome === SKIPPED ? SKIPPED : outcome ? "passed" : "FAILED";
    say(`== ${title}: ${result} in ${seconds(started)}`);
    if (outcome) continue;
    failed.push(title);
    return false;
  }
  return true;
}

/**
 * Runs some parts beside others; what the others print is shown when the first ones are over.
 *
 * @param {string[]} first
 * @param {string[]} others
 */
async function sideBySide(first, others) {
  programs(); // once, before both ask
  /** @type {string[]} */
  const kept = [];
  /** @type {Write} */
  let write = (text) => kept.push(text);
  const beside = inTurn(others, (text) => write(text));
  const passed = await inTurn(first);
  write = (text) => process.stdout.write(text);
  write(kept.join(""));
  return (await beside) && passed;
}

/** Style and types come first: no test runs where they fail. */
const FIRST = ["lint", "types"];

/** @type {Record<string, (args: string[]) => Promise<boolean>>} */
const MODES = {
  async check(args) {
    if (args.length === 0) return inTurn([...FIRST, "fast"]);
    const files = namedTests(args);
    PARTS.named = { title: "Named tests", run: () => runTests(files) };
    return inTurn(["types", "named"]);
  },
  async test(args) {
    if (args.length === 0) return (await inTurn(FIRST)) && sideBySide(["unit"], ["jupyter", "notebooks"]);
    const [flag, part, ...more] = args;
    if (flag !== "--only" || !Object.hasOwn(PARTS, part) || more.length > 0)
      throw new Error(`Usage: npm test -- [--only ${Object.keys(PARTS).join("|")}]`);
    if (part !== "lint") build();
    return inTurn([part]);
  },
  async full(args) {
    if (args.length > 0) throw new Error(`npm run test:full takes no arguments, got ${args.join(" ")}.`);
    if (existsSync(TOOLS)) install(TOOLS);
    return inTurn(["types", "full"]);
  },
};

const [mode, ...args] = process.argv.slice(2);
const started = performance.now();
ensureNpmCache(); // tests call npm as well
install();
try {
  const passed = await MODES[mode](args);
  const without = missing.length > 0 ? `, without what needs ${missing.join(" and ")}` : "";
  if (passed) console.log(`\nAll passed in ${seconds(started)}${without}.`);
  else console.error(`\nFailed: ${failed.join(", ")}.`);
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 2;
}
