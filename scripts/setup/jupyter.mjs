// Finds Jupyter, or installs it, and tells it about the kernel that runs this project's notebooks.
// Refuses to write to the user's home: the kernel is registered in dist/, and pip installs into .venv.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { canInstallDebian, installDebian } from "./packages.mjs";
import { root } from "./root.mjs";
import { writable } from "./writable.mjs";

const DEBIAN = ["jupyter-notebook", "jupyter-nbconvert", "python3-nbclient"];
const PIP = ["notebook>=7,<8", "nbclient"];
const SERVERS = ["notebook", "jupyterlab"]; // Python modules, the preferred one first
const JUPYTER = join(root, "dist/jupyter"); // all that Jupyter reads or writes for this project
const VENV = join(root, ".venv");
const WINDOWS = process.platform === "win32";
const VENV_PYTHON = join(VENV, WINDOWS ? "Scripts/python.exe" : "bin/python");

/**
 * A Python that has Jupyter, and the module that is its notebook server.
 *
 * @typedef {{ python: string, server: string }} Jupyter
 */

/**
 * @param {string} program
 * @param {string[]} args
 */
function works(program, args) {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/**
 * The beginning of a file; empty for what is not a file or cannot be read.
 *
 * @param {string} path
 */
function headOf(path) {
  try {
    return readFileSync(path, "latin1").slice(0, 1000);
  } catch {
    return "";
  }
}

/** The Pythons that Jupyter's own programs on the PATH run with, read from their first lines. */
function pythonsOfPrograms() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const programs = folders.flatMap((folder) =>
    ["jupyter", "jupyter-notebook", "jupyter-lab"].map((name) => join(folder, name)),
  );
  return programs.flatMap((program) => {
    const head = headOf(program);
    // The second form is pip's, for a path too long or with a space.
    const found = /^#!\s*(\S*python\S*)/.exec(head) ?? /^'''exec' "?(.+?)"? "\$0"/m.exec(head);
    return found ? [found[1]] : [];
  });
}

/** Pythons worth a try, each once: the project's own, those of Jupyter's programs, those on the PATH, the system's. */
function pythons() {
  const named = WINDOWS ? ["python", "py"] : ["python3", "python", "/usr/bin/python3"];
  return [...new Set([VENV_PYTHON, ...pythonsOfPrograms(), ...named])];
}

/**
 * A Python that has both a notebook server and what executes notebooks; each is started for real.
 *
 * @returns {Jupyter | undefined} nothing where there is none
 */
export function findJupyter() {
  for (const python of pythons()) {
    if (!works(python, ["-c", "import nbformat, jupyter_client; from nbclient import NotebookClient"]))
      continue;
    const server = SERVERS.find((module) => works(python, ["-m", module, "--version"]));
    if (server) return { python, server };
  }
  return undefined;
}

/** Installs Jupyter into the project's own Python environment; a new one that does not work is removed. */
function installByPip() {
  const python = (WINDOWS ? ["python", "py"] : ["python3", "python"]).find((name) =>
    works(name, ["--version"]),
  );
  if (!python) return undefined;
  console.error("Installing Jupyter into .venv by pip (once, about a minute) ...");
  const isNew = !existsSync(VENV);
  const pip = ["-m", "pip", "install", "--quiet", "--retries", "0", "--timeout", "15", ...PIP];
  const made = works(python, ["-m", "venv", VENV]);
  // Scripts that come with JupyterLab are CommonJS, which our own package.json rules out for everything below it.
  if (made) writeFileSync(join(VENV, "package.json"), '{ "type": "commonjs" }\n');
  const installed = made && works(VENV_PYTHON, pip);
  const jupyter = installed ? findJupyter() : undefined;
  if (!jupyter) console.error("That did not work.");
  if (!jupyter && isNew) rmSync(VENV, { recursive: true, force: true });
  return jupyter;
}

function installByDebian() {
  if (!canInstallDebian()) return undefined;
  return installDebian(DEBIAN) ? findJupyter() : undefined;
}

/** Jupyter, installed if need be; nothing where that cannot be done. */
export function installJupyter() {
  return findJupyter() ?? installByPip() ?? installByDebian();
}

/** Jupyter, installed if need be; ends the process with advice where that cannot be done. */
export function requireJupyter() {
  const jupyter = installJupyter();
  if (jupyter) return jupyter;
  console.error(
    [
      "Jupyter was not found and could not be installed. Install it in one of these ways and try again:",
      `  Debian, Ubuntu:  sudo apt install ${DEBIAN.join(" ")}`,
      "  anywhere else:   pip install notebook nbclient",
    ].join("\n"),
  );
  process.exit(1);
}

/**
 * Registers the kernel in a folder: this Node runs this project's tslab. The file is written whole or not at all.
 * Node's warnings and a terminal's colours stay out of the outputs, which must not depend on where they were made.
 *
 * @param {string} [folder] this project's own unless given
 * @param {string} [name] what Jupyter shows
 */
export function registerKernel(folder = join(JUPYTER, "kernels/tslab"), name = "TypeScript") {
  const tslab = join(root, "node_modules/tslab/bin/tslab");
  const before = pathToFileURL(join(root, "scripts/setup/last-expression.mjs")).href;
  const node = [process.execPath, "--no-warnings", "--import", before];
  const spec = {
    argv: [...node, tslab, "kernel", "--config-path", "{connection_file}"],
    display_name: name,
    language: "typescript",
    env: { FORCE_COLOR: "0" },
  };
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `kernel.json.${process.pid}`);
  writeFileSync(temporary, JSON.stringify(spec, null, 2) + "\n");
  renameSync(temporary, join(folder, "kernel.json"));
}

/** Where Jupyter keeps what else it writes: the user's home, unless that cannot be written. */
function foldersOutsideHome() {
  if (writable(homedir())) return {};
  /** @param {string} name */
  const folder = (name) => join(JUPYTER, name);
  return {
    JUPYTER_DATA_DIR: folder("data"),
    JUPYTER_CONFIG_DIR: folder("config"),
    IPYTHONDIR: folder("ipython"),
  };
}

/**
 * The environment in which Jupyter finds this project's kernel before any other. Registers the kernel.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function jupyterEnvironment() {
  registerKernel();
  const path = [JUPYTER, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter);
  const runtime = { JUPYTER_RUNTIME_DIR: join(JUPYTER, "runtime") };
  return { ...runtime, ...foldersOutsideHome(), ...process.env, JUPYTER_PATH: path };
}
