// Browsers as programs that open an address: what a page has to say, it posts.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findChromium } from "#scripts/setup/chromium.mjs";

/** How a browser opens a page, if it is there: a process group of its own. */
interface Browser {
  isThere(): boolean;
  start(address: string, profile: string): ChildProcess;
}

const isOnPath = (name: string) => spawnSync("which", [name], { stdio: "ignore" }).status === 0;
const detached = (command: string, args: string[], home: string) =>
  spawn(command, args, { detached: true, stdio: "ignore", env: { ...process.env, HOME: home } });

/** WebKitGTK's own browser, which Debian's package brings. */
const MINI_BROWSER = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
  .flatMap((machine) =>
    ["4.1", "4.0"].map((version) => `/usr/lib/${machine}/webkit2gtk-${version}/MiniBrowser`),
  )
  .find((path) => existsSync(path));

export const BROWSERS: Record<string, Browser> = {
  Chromium: {
    isThere: () => findChromium() !== undefined,
    start: (address, profile) => {
      const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`];
      return detached(findChromium()!, [...flags, address], profile);
    },
  },
  Firefox: {
    isThere: () => isOnPath("firefox-esr"),
    start: (address, profile) =>
      detached("firefox-esr", ["--headless", "--no-remote", "--profile", profile, address], profile),
  },
  WebKit: {
    isThere: () => MINI_BROWSER !== undefined && isOnPath("xvfb-run"),
    start: (address, profile) => detached("xvfb-run", ["-a", MINI_BROWSER!, address], profile),
  },
};
