// The Python that has a module: NCA_PYTHON's, the one on the path, or the system's.

import { execFileSync } from "node:child_process";

export interface Python {
  readonly command: string;
  /** The module's version. */
  readonly version: string;
}

/** Whether the module sees a GPU of NVIDIA's. */
export function hasCuda(module: "torch" | "jax"): boolean {
  const python = pythonWith(module);
  if (!python) return false;
  const asks = { torch: "torch.cuda.is_available()", jax: "jax.default_backend() == 'gpu'" };
  try {
    const program = `import ${module}; print(${asks[module]})`;
    return execFileSync(python.command, ["-c", program], { stdio: ["ignore", "pipe", "ignore"] }).includes(
      "True",
    );
  } catch {
    return false;
  }
}

const found = new Map<string, Python | undefined>();

/** Looked for once; undefined where no Python has the module. */
export function pythonWith(module: string): Python | undefined {
  if (!found.has(module)) found.set(module, look(module));
  return found.get(module);
}

function look(module: string): Python | undefined {
  const asked = process.env.NCA_PYTHON;
  for (const command of asked ? [asked] : ["python3", "/usr/bin/python3"]) {
    try {
      const program = `import ${module}; print(${module}.__version__)`;
      const said = execFileSync(command, ["-c", program], { stdio: ["ignore", "pipe", "ignore"] });
      return { command, version: said.toString().trim() };
    } catch {}
  }
  return undefined;
}
