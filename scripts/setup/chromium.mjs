// Finds the browser that browser tests run in, or installs it where Debian's packages may be installed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { canInstallDebian, installDebian } from "./packages.mjs";

const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * Where a program of this name may be.
 *
 * @param {string} name
 */
function pathsOf(name) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
}

/** The program's path, tried for real; nothing where there is none. */
export function findChromium() {
  const named = process.env.CHROMIUM ? [process.env.CHROMIUM] : NAMES;
  const found = named.flatMap(pathsOf).filter((path) => existsSync(path));
  return found.find((path) => spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0);
}

/** The browser, installed if need be; nothing where that cannot be done. */
export function requireChromium() {
  const found = findChromium();
  if (found || !canInstallDebian()) return found;
  return installDebian(["chromium"]) ? findChromium() : undefined;
}
