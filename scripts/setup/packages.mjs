// Programs that are not npm packages: whether Debian's package manager may install them here.
import { spawnSync } from "node:child_process";

/**
 * Runs apt-get; what it says is shown only where it fails.
 *
 * @param {string[]} args
 */
function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const done = spawnSync("apt-get", args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (done.status !== 0) console.error(done.stderr);
  return done.status === 0;
}

/** Whether we may install Debian's packages: only root may, and only where apt-get is. */
export function canInstallDebian() {
  return process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
}

/**
 * Installs Debian's packages and nothing that they merely recommend; true when that worked.
 *
 * @param {string[]} packages
 */
export function installDebian(packages) {
  console.error(`Installing ${packages.join(", ")} from Debian's packages ...`);
  const install = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
  return apt(["update", "-qq"]) && apt(install);
}
