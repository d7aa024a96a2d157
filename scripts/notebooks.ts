// npm run notebooks: executes the notebooks and writes their outputs in place; with --quick, in a copy that is thrown
// away. A notebook that fails keeps the outputs it had.
import { spawn } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Option } from "@commander-js/extra-typings";
import { type Jupyter, jupyterEnvironment, requireJupyter } from "#scripts/setup/jupyter.mjs";
import { root } from "#scripts/setup/root.mjs";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { positive } from "./shared/flags.js";
import { guess, UsageError } from "./shared/usage.js";

const NOTEBOOKS = join(root, "notebooks");
/** What a notebook may write to: a quick run gets copies of these, and links to everything else. */
const WRITABLE = ["notebooks", "models", "images"];
const TIMEOUT_SECONDS = 7200; // a cell may train for half an hour, on a slow machine for longer
const QUICK_TIMEOUT_SECONDS = 600;

export const notebooksFlags = command(
  "notebooks",
  "Executes the notebooks, and writes their outputs in place.",
  ["", "--quick basic_walkthrough"],
)
  .argument("[name...]", "the notebooks, by name or path; all if none is named")
  .optionsGroup(RUNNING)
  .addOption(new Option("--quick", "in a copy that is thrown away, with short trainings"))
  .addOption(
    positive("--timeout <seconds>", "the longest that a cell may take").default(
      undefined,
      `${TIMEOUT_SECONDS}, with --quick ${QUICK_TIMEOUT_SECONDS}`,
    ),
  );

/** What execute.py says, a line at a time. */
interface CellEvent {
  event: "start" | "passed" | "failed";
  number: number;
  of: number;
  source: string;
  seconds?: number;
  problem?: string;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The first line of the cell that is not empty, cut to fit beside the time. */
function title(source: string): string {
  const line = source.split("\n").find((text) => text.trim()) ?? "";
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}

function report(cell: CellEvent): void {
  const where = `  cell ${String(cell.number).padStart(2)} of ${cell.of}`;
  if (cell.event === "start") {
    if (process.stdout.isTTY) process.stdout.write(`${where}     ...   ${title(cell.source)}\r`);
    return;
  }
  say(`${where}  ${cell.seconds!.toFixed(1).padStart(6)} s   ${title(cell.source)}`);
  if (cell.event === "failed")
    say(`\nThe cell\n\n${indent(cell.source)}\n\nfailed:\n\n${indent(cell.problem!)}\n`);
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}

/** Everything in the project, in a folder that may be written to, so that "../lib" and "../targets" are there. */
function makeSandbox(): string {
  const sandbox = mkdtempSync(join(tmpdir(), "notebooks-"));
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const [from, to] = [join(root, entry.name), join(sandbox, entry.name)];
    if (WRITABLE.includes(entry.name)) cpSync(from, to, { recursive: true });
    else if (entry.isDirectory() && entry.name !== ".git") symlinkSync(from, to, "junction");
    else if (entry.isFile()) copyFileSync(from, to);
  }
  mkdirSync(join(sandbox, "notebooks"), { recursive: true });
  return sandbox;
}

interface Run {
  jupyter: Jupyter;
  env: NodeJS.ProcessEnv;
  timeoutSeconds: number;
}

/** Runs the notebook's cells in `folder`; true when `target` was written. Ctrl-C reaches the child as well. */
function execute(source: string, target: string, folder: string, run: Run): Promise<boolean> {
  const script = join(root, "scripts/notebooks/execute.py");
  const child = spawn(run.jupyter.python, [script, source, target, folder, String(run.timeoutSeconds)], {
    env: { ...run.env, PYTHONIOENCODING: "utf-8", PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let noise = "";
  let explained = false;
  child.stderr.on("data", (data) => {
    noise += data;
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const event = JSON.parse(line) as CellEvent;
    explained ||= event.event === "failed";
    report(event);
  });
  return new Promise((done) => {
    child.on("close", (code) => {
      if (code !== 0 && !explained && !interrupted)
        say(indent(noise.trim() || `${run.jupyter.python} failed.`));
      done(code === 0);
    });
  });
}

/** Runs one notebook in full and puts the result in its place, all of it or nothing. */
async function runInPlace(notebook: string, run: Run): Promise<boolean> {
  const finished = join(dirname(notebook), `.${basename(notebook)}.${process.pid}`);
  try {
    const passed = await execute(notebook, finished, dirname(notebook), run);
    if (passed) renameSync(finished, notebook);
    return passed;
  } finally {
    rmSync(finished, { force: true });
  }
}

function runQuick(notebook: string, sandbox: string, run: Run): Promise<boolean> {
  const folder = join(sandbox, "notebooks");
  return execute(notebook, join(sandbox, "finished.ipynb"), folder, run);
}

/** Runs the notebooks in turn, including those after one that failed; returns how many failed. */
async function runAll(notebooks: string[], run: Run, sandbox?: string): Promise<number> {
  let failures = 0;
  for (const notebook of notebooks) {
    say(relative(process.cwd(), notebook));
    const started = performance.now();
    const passed = await (sandbox ? runQuick(notebook, sandbox, run) : runInPlace(notebook, run));
    if (interrupted) break;
    if (!passed) failures += 1;
    say(`  ${passed ? "passed" : "FAILED"} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  return failures;
}

function allNotebooks(): string[] {
  if (!existsSync(NOTEBOOKS)) return [];
  const names = readdirSync(NOTEBOOKS).filter((name) => name.endsWith(".ipynb") && !name.startsWith("."));
  return names.sort().map((name) => join(NOTEBOOKS, name));
}

/** The notebook at a path, or the project's own of that name, with or without its ending. */
function notebookAt(name: string): string {
  const places = [resolve(name), join(NOTEBOOKS, name), join(NOTEBOOKS, `${name}.ipynb`)];
  const found = places.find((path) => path.endsWith(".ipynb") && existsSync(path));
  if (found) return found;
  const known = allNotebooks().map((path) => basename(path, ".ipynb"));
  const folder = relative(process.cwd(), NOTEBOOKS);
  throw new UsageError(`There is no notebook at ${name}, nor in ${folder}.${guess(name, known)}`);
}

interface Options {
  quick: boolean;
  timeoutSeconds: number;
  notebooks: string[];
}

async function main(options: Options): Promise<number> {
  if (options.notebooks.length === 0) {
    say("There are no notebooks yet.");
    return 0;
  }
  const run = {
    jupyter: requireJupyter(),
    env: jupyterEnvironment(),
    timeoutSeconds: options.timeoutSeconds,
  };
  delete run.env.NCA_QUICK; // outputs of a quick run must never be written in place
  if (!options.quick) return runAll(options.notebooks, run);
  const sandbox = makeSandbox();
  run.env.NCA_QUICK = "1";
  try {
    return await runAll(options.notebooks, run, sandbox);
  } finally {
    rmSync(sandbox, { recursive: true, force: true });
  }
}

// The child hears Ctrl-C too and stops its kernel; we wait for that and clean up.
let interrupted = false;

await runCommand(import.meta.url, notebooksFlags, async ({ values, names }) => {
  process.on("SIGINT", () => {
    interrupted = true;
  });
  const { quick = false, timeout = quick ? QUICK_TIMEOUT_SECONDS : TIMEOUT_SECONDS } = values;
  const notebooks = names.length > 0 ? names.map(notebookAt) : allNotebooks();
  const failures = await main({ quick, timeoutSeconds: Math.ceil(timeout), notebooks });
  if (interrupted) process.exit(130);
  if (failures) process.exit(1);
});
