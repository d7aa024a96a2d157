// What every command does first: install the npm packages and build, each only when something changed.
// Prints to standard error alone, so that a command's JSON stays clean.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { root } from "./root.mjs";
import { writable } from "./writable.mjs";

/**
 * Why this version of Node will not do, in one line, or nothing where it will.
 * The notebooks load our ES modules by `require`, which came with 20.19 and 22.12.
 */
export function nodeProblem(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return undefined;
  return `Got Node ${version}, expected 20.19 or 22.12 or later: install it from https://nodejs.org and try again.`;
}

/**
 * npm records what it installed when it is done; a newer lock file asks for something else.
 *
 * @param {string} folder
 */
function installed(folder) {
  const record = join(folder, "node_modules/.package-lock.json");
  return (
    existsSync(record) && statSync(record).mtimeMs >= statSync(join(folder, "package-lock.json")).mtimeMs
  );
}

/** Gives npm, and what this process starts, a cache that it can write: its own, else one that is removed at exit. */
export function ensureNpmCache(env = process.env) {
  const usual = env.npm_config_cache ?? join(homedir(), ".npm");
  try {
    mkdirSync(usual, { recursive: true });
  } catch {
    // then it cannot be written either
  }
  if (writable(usual)) return;
  const passing = mkdtempSync(join(tmpdir(), "npm-cache-"));
  env.npm_config_cache = passing;
  process.on("exit", () => rmSync(passing, { recursive: true, force: true }));
}

/** Installs a folder's npm packages where they are missing or old; ends the process where that cannot be done. */
export function install(folder = root) {
  const problem = nodeProblem();
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
  if (installed(folder)) return;
  ensureNpmCache();
  console.error(
    `Installing npm packages${folder === root ? "" : ` in ${folder}`} (once, about a minute) ...`,
  );
  const windows = process.platform === "win32";
  const done = spawnSync(
    windows ? "npm.cmd" : "npm",
    ["ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel", "error"],
    {
      cwd: folder,
      stdio: ["ignore", 2, 2],
      shell: windows,
    },
  );
  if (done.status !== 0) {
    console.error("npm ci failed; the messages above say why. Is the npm registry reachable?");
    process.exit(1);
  }
}

export function setup() {
  install();
  build();
}

if (process.argv[1]?.endsWith("setup.mjs")) setup();
