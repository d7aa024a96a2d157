// Files that the measurements read and write, whatever folder the command is typed in.

import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";

const inRoot = (path: string) => join(root, path);

export const LIZARD_MODEL = inRoot("models/lizard.safetensors");
export const LIZARD_TARGET = inRoot("targets/lizard.png");
export const PYTORCH_PEER = inRoot("bench/peers/pytorch.py");
export const JAX_PEER = inRoot("bench/peers/jax_scan.py");
export const RESULTS = inRoot("bench/RESULTS.md");
export const RESULTS_PICTURE = inRoot("bench/results.png");
export const packageFile = (name: string) => inRoot(`node_modules/${name}/package.json`);
export const peerScript = (name: string) => inRoot(`dist/bench/peers/${name}.js`);
