// npm test: everything that checks the project, in order, ending at the first failure.
// `npm test -- --only unit` runs one part; `--only unit dist/test/rule/cells.test.js` one file of it.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { requireChromium } from "./chromium.mjs";
import { installJupyter } from "./jupyter.mjs";
import { root } from "./root.mjs";
import { ensureNpmCache, install } from "./setup.mjs";

/**
 * Runs a script of ours or of a package by this Node; true when it succeeded.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function node(args, env = {}) {
  const done = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  return done.status === 0;
}

function compiledTests() {
  const folder = join(root, "dist/test");
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".test.js")).map((name) => join(folder, name));
}

/** @param {string[]} files */
function unitTests(files) {
  const chromium = requireChromium();
  if (!chromium) skip("Chromium", "No Chromium or Chrome was found");
  const jupyter = hasJupyter() ? {} : { NCA_NO_JUPYTER: "1" };
  const tests = files.length ? files : compiledTests().sort();
  if (tests.length === 0) return true; // without names Node would look for tests everywhere
  return node(["--test", "--test-reporter=spec", ...tests], {
    ...(chromium && { CHROMIUM: chromium }),
    ...jupyter,
  });
}

/** The result of a part that cannot run here. */
const SKIPPED = "skipped";
/**
 * What is not there, and its tests skipped.
 *
 * @type {string[]}
 */
const missing = [];
/**
 * @param {string} what
 * @param {string} why
 */
function skip(what, why) {
  missing.push(what);
  console.log(`${why}: what needs it is skipped.`);
}

/** @type {boolean | undefined} */
let jupyterFound;
/** Whether there is a Jupyter, installed now if need be; says so where there is none. */
function hasJupyter() {
  if (jupyterFound === undefined) {
    jupyterFound = installJupyter() !== undefined;
    if (!jupyterFound) skip("Jupyter", "Jupyter was not found and could not be installed");
  }
  return jupyterFound;
}

function notebooks() {
  return hasJupyter() ? node(["dist/scripts/notebooks.js", "--quick"]) : SKIPPED;
}

/** Biome colours what it says to `ci` even where that is no terminal. */
function lint() {
  const colours = process.stdout.isTTY ? [] : ["--colors=off"];
  return node(["node_modules/@biomejs/biome/bin/biome", "ci", ...colours, "."]);
}

function compile() {
  build();
  return true;
}

/** @type {Record<string, { title: string, run: (files: string[]) => boolean | string }>} */
const PARTS = {
  lint: { title: "Format and lint", run: lint },
  types: { title: "Build and types", run: compile },
  unit: { title: "Unit, property and browser tests", run: unitTests },
  notebooks: { title: "Notebooks, quickly", run: notebooks },
};
const NEEDS_BUILD = ["unit", "notebooks"];

/** @param {number} since */
function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * @param {string} name
 * @param {string[]} files
 */
function runPart(name, files) {
  const started = performance.now();
  console.log(`\n== ${PARTS[name].title}`);
  const outcome = PARTS[name].run(files);
  const result = outcome === SKIPPED ? SKIPPED : outcome ? "passed" : "FAILED";
  console.log(`== ${PARTS[name].title}: ${result} in ${seconds(started)}`);
  if (!outcome) process.exit(1);
}

const args = process.argv.slice(2);
const only = args[0] === "--only" ? args[1] : undefined;
if (args.length && !(only && only in PARTS)) {
  console.error(`Usage: npm test -- [--only ${Object.keys(PARTS).join("|")} [compiled test files]]`);
  process.exit(2);
}
const started = performance.now();
ensureNpmCache(); // tests call npm as well
install();
if (only && NEEDS_BUILD.includes(only)) build();
for (const name of only ? [only] : Object.keys(PARTS)) runPart(name, args.slice(2));
const without = missing.length > 0 ? `, without what needs ${missing.join(" and ")}` : "";
console.log(`\nAll passed in ${seconds(started)}${without}.`);
