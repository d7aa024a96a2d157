// Finds the browser that browser tests run in, or installs it where Debian's packages may be installed.
import { spawnSync } from "node:child_process";
import { canInstallDebian, installDebian } from "./packages.mjs";

const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The program's name or path, tried for real; nothing where there is none. */
export function findChromium() {
  const named = process.env.CHROMIUM ? [process.env.CHROMIUM] : NAMES;
  return named.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
}

/** The browser, installed if need be; nothing where that cannot be done. */
export function requireChromium() {
  const found = findChromium();
  if (found || !canInstallDebian()) return found;
  return installDebian(["chromium"]) ? findChromium() : undefined;
}
