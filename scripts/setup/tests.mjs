// The test files by kind, which their names tell: x.test.ts is fast, x.slow.test.ts takes seconds or starts other
// programs, x.full.test.ts takes longer than anyone waits for. They run compiled, from dist/.
import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { root } from "./root.mjs";

const NEAR = 3;

/**
 * The kind of a test file: "fast", "slow" or "full".
 *
 * @param {string} path compiled or not
 */
export function kindOf(path) {
  return /\.(slow|full)\.test\.[jt]s$/.exec(path)?.[1] ?? "fast";
}

/** All test files, as paths within the project: test/engine/forward.test.ts. */
export function testFiles() {
  const names = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  const tests = names.filter((name) => name.endsWith(".test.ts") && !name.includes("node_modules"));
  return tests.map((name) => `test/${name.replaceAll("\\", "/")}`).sort();
}

/**
 * Where a test file lies when it is compiled.
 *
 * @param {string} path
 */
export function compiled(path) {
  return join(root, "dist", path.replace(/\.ts$/, ".js"));
}

/**
 * The test files that are meant, by their paths within the project, compiled or not.
 *
 * @param {string[]} names
 * @throws Error for one that is not there, naming those that are written most like it
 */
export function namedTests(names) {
  const all = testFiles();
  return names.map((name) => {
    const within = relative(root, resolve(root, name)).replaceAll("\\", "/");
    const path = within.replace(/^dist\//, "").replace(/\.js$/, ".ts");
    if (all.includes(path)) return path;
    const near = all.sort((a, b) => likeness(b, path) - likeness(a, path)).slice(0, NEAR);
    throw new Error(`There is no test ${name}; did you mean one of these?\n  ${near.join("\n  ")}`);
  });
}

/**
 * How much two words have in common: the pairs of letters in both, as a share of those in either.
 *
 * @param {string} a
 * @param {string} b
 */
function likeness(a, b) {
  const [these, those] = [pairs(a), pairs(b)];
  const both = [...these].filter((pair) => those.has(pair)).length;
  return both / (these.size + those.size - both);
}

/** @param {string} word */
function pairs(word) {
  return new Set(Array.from(word, (letter, at) => letter + word[at + 1]));
}
