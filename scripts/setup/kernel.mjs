// npm run kernel: registers the kernel where VS Code and your own Jupyter look for kernels, and says how to undo it;
// `-- --remove` undoes it. The only script that writes to the user's home, and only because it was asked to.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { findJupyter, registerKernel } from "./jupyter.mjs";
import { root } from "./root.mjs";
import { setup } from "./setup.mjs";

/** The name that the notebooks ask for, and one to use where another tslab has taken that. */
const NAMES = ["tslab", "differentiable-morphogenesis"];
const SHOWN = "TypeScript (differentiable-morphogenesis)";

/** Where Jupyter keeps the user's data: where it says itself, or the usual place where there is no Jupyter yet. */
function dataFolder() {
  if (process.env.JUPYTER_DATA_DIR) return process.env.JUPYTER_DATA_DIR;
  const jupyter = findJupyter();
  const ask = "from jupyter_core.paths import jupyter_data_dir; print(jupyter_data_dir())";
  const said = jupyter && spawnSync(jupyter.python, ["-c", ask], { encoding: "utf8" }).stdout.trim();
  if (said) return said;
  if (process.platform === "darwin") return join(homedir(), "Library/Jupyter");
  if (process.platform === "win32") return join(process.env.APPDATA ?? homedir(), "jupyter");
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), ".local/share"), "jupyter");
}

/**
 * Whose kernel a folder holds: nobody's, this project's or another's.
 *
 * @param {string} folder
 */
function ownerOf(folder) {
  const file = join(folder, "kernel.json");
  if (!existsSync(file)) return "nobody";
  return readFileSync(file, "utf8").includes(JSON.stringify(root).slice(1, -1)) ? "this" : "another";
}

const folders = NAMES.map((name) => join(dataFolder(), "kernels", name));

function register() {
  setup();
  const place = folders.findIndex((folder) => ownerOf(folder) !== "another");
  if (place < 0) {
    console.error(`${folders.join(" and ")} hold other kernels; remove one of them and try again.`);
    process.exit(1);
  }
  registerKernel(folders[place], SHOWN);
  console.log(`Registered the kernel "${SHOWN}" in ${folders[place]}.`);
  if (place > 0)
    console.log(
      `Choose it when a notebook opens: the name that the notebooks ask for, tslab, is taken there.`,
    );
  console.log(
    "VS Code: open a notebook, then Select Kernel, Jupyter Kernel. JupyterLab and Jupyter: reload the page.",
  );
  console.log("To undo it: npm run kernel -- --remove");
}

function remove() {
  const ours = folders.filter((folder) => ownerOf(folder) === "this");
  for (const folder of ours) rmSync(folder, { recursive: true });
  console.log(ours.length > 0 ? `Removed ${ours.join(", ")}.` : "The kernel is not registered.");
}

const args = process.argv.slice(2);
if (args.length === 0) register();
else if (args.length === 1 && args[0] === "--remove") remove();
else if (args.length === 1 && args[0] === "--help") {
  console.log("Usage: npm run kernel [-- --remove]\n");
  console.log(
    "Registers the TypeScript kernel where VS Code and your own Jupyter find it; --remove undoes that.",
  );
} else {
  console.error(`Usage: npm run kernel [-- --remove]; got ${args.join(" ")}.`);
  process.exit(1);
}
