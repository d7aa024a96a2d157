// Runs cells in the real kernel by interrupt.py and hands back what each of them printed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { jupyterEnvironment, requireJupyter } from "#scripts/setup/jupyter.mjs";
import { root } from "#scripts/setup/root.mjs";

/** What a cell did. `late` counts outputs that came after the kernel had reported the cell as ended. */
export interface CellResult {
  status: "ok" | "error" | "abort";
  seconds: number;
  stdout: string;
  stderr: string;
  displays: number;
  late: number;
}

export interface KernelOrder {
  /** Where the cells run; the notebooks' folder unless said otherwise. */
  folder?: string;
  /** The place in the list of the cell to interrupt, which prints something when it is at work; none unless said. */
  interrupt?: number;
  /** How long after that, in seconds. */
  afterSeconds?: number;
  /** How long to go on listening after the last cell, in seconds. */
  watchSeconds?: number;
}

/** Runs the cells one after another in a fresh kernel, also those after one that fails. */
export function runCells(
  cells: string[],
  { folder = join(root, "notebooks"), interrupt = -1, afterSeconds = 1, watchSeconds = 0 }: KernelOrder = {},
): CellResult[] {
  const script = join(root, "test/project/interrupt.py");
  const done = spawnSync(requireJupyter().python, [script], {
    env: { ...jupyterEnvironment(), PYTHONIOENCODING: "utf-8", PYDEVD_DISABLE_FILE_VALIDATION: "1" },
    input: JSON.stringify({ cells, folder, interrupt, afterSeconds, watchSeconds }),
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(`${script} failed:\n${done.stderr}`);
  return JSON.parse(done.stdout) as CellResult[];
}
