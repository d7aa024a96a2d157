// The files of tests, by their kind, which their names say: x.test.ts is fast, x.slow.test.ts takes seconds or starts
// other programs, x.full.test.ts takes longer than anyone waits for. They run compiled, from dist/.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

/**
 * What a file of tests is: "fast", "slow" or "full".
 *
 * @param {string} path compiled or not
 */
export function kindOf(path) {
  return /\.(slow|full)\.test\.[jt]s$/.exec(path)?.[1] ?? "fast";
}

/** All files of tests, as paths within the project: test/engine/forward.test.ts. */
export function testFiles() {
  const names = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  const tests = names.filter((name) => name.endsWith(".test.ts") && !name.includes("node_modules"));
  return tests.map((name) => `test/${name.replaceAll("\\", "/")}`).sort();
}

/**
 * Where a file of tests lies when it is compiled.
 *
 * @param {string} path
 */
export function compiled(path) {
  return join(root, "dist", path.replace(/\.ts$/, ".js"));
}
