// What is written about the commands, in their help and in the README, is what they take.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import test from "node:test";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { root } from "#scripts/setup/root.mjs";
import { benchFlags } from "../../bench/bench.js";
import { adversarialFlags } from "../../scripts/adversarial.js";
import { convertFlags } from "../../scripts/convert.js";
import { digitsFlags } from "../../scripts/digits.js";
import { evaluateFlags } from "../../scripts/evaluate.js";
import { gifsFlags } from "../../scripts/gifs.js";
import { growFlags } from "../../scripts/grow.js";
import { infectFlags } from "../../scripts/infect.js";
import { lifeFlags } from "../../scripts/life.js";
import { notebooksFlags } from "../../scripts/notebooks.js";
import { pageFlags } from "../../scripts/page.js";
import { playgroundFlags } from "../../scripts/playground.js";
import { parse } from "../../scripts/shared/command.js";
import { wordsOf } from "../../scripts/shared/shell.js";
import { trainFlags } from "../../scripts/shared/train-flags.js";
import { sweepFlags } from "../../scripts/sweep.js";
import { texturesFlags } from "../../scripts/textures.js";
import { zooFlags } from "../../scripts/zoo.js";
import { fuzzFlags } from "../fuzz/fuzz.js";
import { run, scripts } from "./run.js";

const SCRIPTS: Record<string, string> = { bench: "../bench/bench", fuzz: "../test/fuzz/fuzz" };
/** Packages that take most of a second to load: help must not wait for them. */
const SLOW = /node_modules\/(@tensorflow|jsdom|plotly\.js|canvas)\//;

const ALL: readonly CommandUnknownOpts[] = [
  trainFlags,
  growFlags,
  evaluateFlags,
  lifeFlags,
  digitsFlags,
  adversarialFlags,
  texturesFlags,
  sweepFlags,
  infectFlags,
  convertFlags,
  zooFlags,
  gifsFlags,
  playgroundFlags,
  pageFlags,
  notebooksFlags,
  benchFlags,
  fuzzFlags,
];

/** The lines of a text that run one of our commands: its name, and what follows the --. */
function linesIn(text: string): [string, string][] {
  const lines = text.matchAll(/^ *npm run ([\w:]+)(?: -- ([^#\n]*))?/gm);
  return [...lines].map(([, name, flags = ""]) => [name, flags]);
}

for (const flags of ALL) {
  const name = flags.name();
  test(`npm run ${name} -- --help shows every flag in a group, and examples that it takes`, async () => {
    const { code, stdout, stderr } = await run(SCRIPTS[name] ?? name, "--help");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^Usage: npm run ${name} -- \\[flags\\]`));
    assert.match(stdout, /^Running:$/m);
    assert.doesNotMatch(stdout, /^Options:$/m, "every flag has a group");
    for (const { long } of flags.options) assert.match(stdout, new RegExp(`^ {2}${long} `, "m"));
    const examples = linesIn(stdout.slice(stdout.indexOf("Examples:")));
    assert.ok(examples.length >= 2);
    for (const [of, line] of examples) {
      assert.equal(of, name);
      parse(flags, wordsOf(line));
    }
  });
}

test("the commands' flags load no package that is slow", async () => {
  const { cache } = createRequire(import.meta.url);
  const slow = () => Object.keys(cache).filter((path) => SLOW.test(path));
  assert.deepEqual(slow(), []);
  await import("../../lib/index.js");
  assert.ok(slow().length > 0, "they would be seen");
});

for (const [name, least] of [
  ["README.md", 8],
  ["models/README.md", 5],
] as const) {
  test(`the commands of ${name} are ones that we take`, () => {
    const readme = readFileSync(join(root, name), "utf8");
    const lines = linesIn(readme.replaceAll("\\\n", " ")); // a line goes on after a backslash
    assert.ok(lines.length > least);
    for (const [command, line] of lines) {
      const flags = ALL.find((one) => one.name() === command);
      assert.ok(flags, `${name}: npm run ${command}`);
      parse(flags, wordsOf(line));
    }
  });
}

test("what reads the help may close its end early", async () => {
  const script = join(scripts, "train.js");
  const child = spawn(process.execPath, [script, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let complaints = "";
  child.stderr.on("data", (text) => {
    complaints += text;
  });
  await once(child, "close");
  assert.equal(complaints, "");
});
