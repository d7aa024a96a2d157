// npm run train on something small, as a process of its own that a test can kill or take the disk away from.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "#scripts/setup/root.mjs";

const SMALL = ["--size", "16", "--padding", "4", "--batch", "4", "--pool", "64", "--rollout", "8:12"];
const LIZARD = join(root, "targets/lizard.png");
const script = fileURLToPath(new URL("../../scripts/train.js", import.meta.url));

export interface Ended {
  /** Nothing after a kill. */
  readonly code: number | null;
  readonly stderr: string;
}

export interface RunningTraining {
  readonly ended: Promise<Ended>;
  kill(signal?: NodeJS.Signals): void;
}

/** For a test that gave up: an endless training must not outlive it. */
export async function killTrainings(): Promise<void> {
  for (const child of running) child.kill("SIGKILL");
  await Promise.all([...running].map((child) => once(child, "close"))); // until then they write
}

const running = new Set<ChildProcess>();

export function startTraining(folder: string, args: readonly string[]): RunningTraining {
  const target = args.includes("--target") ? [] : ["--target", LIZARD];
  const child = spawn(process.execPath, [script, ...target, ...SMALL, ...args], { cwd: folder });
  running.add(child);
  let stderr = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((done) => {
    child.on("close", (code) => {
      running.delete(child);
      done({ code, stderr });
    });
  });
  return { ended, kill: (signal = "SIGKILL") => child.kill(signal) };
}
