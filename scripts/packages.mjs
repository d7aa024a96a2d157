// Programs that are not npm packages: whether Debian's package manager may install them here.
import { spawnSync } from "node:child_process";

const APT = { stdio: ["ignore", 2, 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };

/** Whether we may install Debian's packages: only root may, and only where apt-get is. */
export function canInstallDebian() {
  return process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
}

/** Installs Debian's packages and nothing that they merely recommend; true when that worked. */
export function installDebian(packages) {
  console.error(`Installing ${packages.join(", ")} from Debian's packages ...`);
  const install = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
  return [["update", "-qq"], install].every((args) => spawnSync("apt-get", args, APT).status === 0);
}
