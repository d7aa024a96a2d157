// A script of ours as a process of its own, from start to end.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the compiled scripts are. */
export const scripts = fileURLToPath(new URL("../../scripts", import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(script: string, ...args: string[]): Promise<Outcome> {
  return runWith({}, script, ...args);
}

/** With these variables in its environment as well. */
export function runWith(env: NodeJS.ProcessEnv, script: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env } };
    execFile(process.execPath, [join(scripts, `${script}.js`), ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
