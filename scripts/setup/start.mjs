// npm start: from a fresh clone to the notebooks in a browser. What follows `--` goes to Jupyter.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { jupyterEnvironment, requireJupyter } from "./jupyter.mjs";
import { root } from "./root.mjs";
import { setup } from "./setup.mjs";

const NOTEBOOKS = join(root, "notebooks");
const REGISTER = join(root, "dist/jupyter");
const NOTARY = `--NotebookNotary.data_dir=${REGISTER}`;
const ORPHAN_CHECK_MS = 500;
const WINDOWS = process.platform === "win32";

/**
 * The value of `--name value` or `--name=value`.
 *
 * @param {string[]} args
 * @param {string} name
 */
function option(args, name) {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return undefined;
  return args[at].includes("=") ? args[at].slice(name.length + 1) : args[at + 1];
}

/**
 * Whether a server may listen there. Jupyter would quietly take another port.
 *
 * @param {number} port
 * @param {string} host
 */
function portIsFree(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(!("code" in error && error.code === "EADDRINUSE")));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** @param {string[]} args */
async function checkPort(args) {
  const given = option(args, "--port");
  const port = Number(given);
  if (given !== undefined && !(Number.isInteger(port) && port >= 0 && port < 2 ** 16)) {
    console.error(`--port is "${given}"; expected a whole number from 1 to 65535.`);
    process.exit(1);
  }
  if (!port || (await portIsFree(port, option(args, "--ip") ?? "localhost"))) return;
  console.error(`Port ${port} is taken by another program. Try another: npm start -- --port ${port + 1}`);
  process.exit(1);
}

/**
 * Signs the project's notebooks in a register of the project's own: figures of unsigned ones stay hidden.
 *
 * @param {import("./jupyter.mjs").Jupyter} jupyter
 * @param {NodeJS.ProcessEnv} env
 */
function trustNotebooks(jupyter, env) {
  const notebooks = readdirSync(NOTEBOOKS).filter((name) => name.endsWith(".ipynb"));
  if (notebooks.length === 0) return;
  const trust = "from nbformat.sign import TrustNotebookApp; TrustNotebookApp.launch_instance()";
  spawnSync(jupyter.python, ["-c", trust, ...notebooks], {
    cwd: NOTEBOOKS,
    env: { ...env, JUPYTER_DATA_DIR: REGISTER }, // it takes the register's folder from here and from no flag
    stdio: "ignore",
  });
}

/**
 * Calls back when the parent has ended: npm runs us through a shell, which a signal to npm kills without telling us.
 *
 * @param {() => void} then
 */
function onOrphaned(then) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, ORPHAN_CHECK_MS);
}

/**
 * The flag that makes a server open the notebooks' folder. It serves the project's root, so pictures and links work.
 *
 * @param {import("./jupyter.mjs").Jupyter} jupyter
 */
function firstPage({ python, server }) {
  if (server === "jupyterlab") return "--LabApp.default_url=/lab/tree/notebooks";
  const { stdout } = spawnSync(python, ["-m", server, "--version"], { encoding: "utf8" });
  const isClassic = Number(stdout.trim().split(".")[0]) < 7;
  return `--${isClassic ? "NotebookApp" : "JupyterNotebookApp"}.default_url=/tree/notebooks`;
}

/**
 * Jupyter runs in a process group of its own: Ctrl-C reaches us alone, and we end Jupyter without its questions.
 *
 * @param {import("./jupyter.mjs").Jupyter} jupyter
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} args
 */
function serve(jupyter, env, args) {
  const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : [];
  const flags = [NOTARY, firstPage(jupyter), ...asRoot];
  const server = spawn(jupyter.python, ["-m", jupyter.server, ...flags, ...args], {
    cwd: root,
    env,
    stdio: "inherit",
    detached: !WINDOWS,
  });
  let stopping = false;
  const stop = () => {
    stopping = true;
    server.kill("SIGTERM");
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  onOrphaned(stop);
  server.on("exit", (code) => process.exit(stopping ? 0 : (code ?? 1)));
}

setup();
const args = process.argv.slice(2);
await checkPort(args);
const jupyter = requireJupyter();
const env = jupyterEnvironment();
mkdirSync(NOTEBOOKS, { recursive: true });
trustNotebooks(jupyter, env);
serve(jupyter, env, args);
