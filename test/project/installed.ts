// The package as it is published, installed alone in a folder of its own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";

export interface Installed {
  readonly folder: string;
  /** The name of the tarball in the folder. */
  readonly tarball: string;
  /** Runs a program in the folder. */
  run(command: string, args: string[]): { readonly code: number | null; readonly said: string };
  /** As `run`, for a program that must end well. */
  works(command: string, args: string[]): string;
  remove(): void;
}

/** Packs the project, and installs the tarball and `more` packages. */
export function installed(more: readonly string[] = []): Installed {
  const folder = mkdtempSync(join(tmpdir(), "package é "));
  const run = (command: string, args: string[]) => {
    const done = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
    return { code: done.status, said: done.stdout + done.stderr };
  };
  const works = (command: string, args: string[]) => {
    const { code, said } = run(command, args);
    assert.equal(code, 0, `${command} ${args.join(" ")}\n${said}`);
    return said;
  };
  works(process.execPath, [join(root, "scripts/setup/pack.mjs"), folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  const quiet = ["--silent", "--no-audit", "--no-fund", "--prefer-offline"];
  works("npm", ["install", ...quiet, join(folder, tarball), ...more]);
  return { folder, tarball, run, works, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
