// Runs Python where Debian has it, for tests that hold our formats to those who made them.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PYTHON = "/usr/bin/python3";
const FOLDER = fileURLToPath(new URL("../../../test/io/", import.meta.url));
const TIMEOUT_MS = 120_000;

/** Runs a script beside the tests; what it prints. Throws when it fails. */
export function python(script: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(PYTHON, [FOLDER + script, ...args], {
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  if (status !== 0) throw new Error(`${script} ${args[0]}: ${error ?? stderr}`);
  return stdout;
}

const runs = (code: string) => spawnSync(PYTHON, ["-c", code]).status === 0;

/** Why tests with Python, with PyTorch or with ONNX are skipped; false where they are not. */
export const noPython: string | false = runs("") ? false : `there is no ${PYTHON}`;
const lacks = (module: string) => !runs(`import importlib.util as u; exit(u.find_spec('${module}') is None)`);
export const noPyTorch: string | false = lacks("torch") && `${PYTHON} has no PyTorch`;
export const noOnnx: string | false = lacks("onnx") && `${PYTHON} has no package onnx`;
