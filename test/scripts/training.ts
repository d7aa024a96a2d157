// npm run train on something small, as a process of its own that a test can kill or take the disk away from.

import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const SMALL = ["--size", "16", "--padding", "4", "--batch", "4", "--pool", "64", "--rollout", "8:12"];
const LIZARD = resolve("targets/lizard.png");
const script = fileURLToPath(new URL("../../scripts/train.js", import.meta.url));

export interface Ended {
  /** Nothing after a kill. */
  readonly code: number | null;
  readonly stderr: string;
}

export interface RunningTraining {
  /** Its first training step, or its end. */
  readonly began: Promise<unknown>;
  readonly ended: Promise<Ended>;
  kill(): void;
}

export function startTraining(folder: string, args: readonly string[]): RunningTraining {
  const child = spawn(process.execPath, [script, "--target", LIZARD, ...SMALL, ...args], { cwd: folder });
  let stderr = "";
  const firstStep = new Promise<void>((done) => {
    child.stderr.on("data", (text) => {
      stderr += text;
      if (stderr.includes("log loss")) done();
    });
  });
  const ended = new Promise<Ended>((done) => {
    child.on("exit", (code) => done({ code, stderr }));
  });
  return { began: Promise.race([firstStep, ended]), ended, kill: () => child.kill("SIGKILL") };
}
