// What every command does first: install the npm packages and build, each only when something changed.
// Prints to standard error alone, so that a command's JSON stays clean.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

function installed() {
  const record = join(root, "node_modules/.package-lock.json");
  return existsSync(record) && statSync(record).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
}

function install() {
  console.error("Installing npm packages (once) ...");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const done = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel", "error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (done.status !== 0) {
    console.error("npm ci failed; the messages above say why. Is the npm registry reachable?");
    process.exit(1);
  }
}

if (!installed()) install();
const { build } = await import("./build.mjs");
build();
