// The rules in models/, by the names of their files: "bird", "bird-growing", "bird-regenerating", "bird-to-lizard",
// "bird-to-lizard-cure".

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";
import type * as nca from "../../lib/node.js";

export const MODELS = join(root, "models");
const ENDING = ".safetensors";

/** Rules that a reader saved there: the notebooks do. */
const READERS_OWN = "my-";

/** Names of the project's rules, sorted. */
export function modelNames(): string[] {
  const files = readdirSync(MODELS).filter((file) => file.endsWith(ENDING) && !file.startsWith(READERS_OWN));
  return files.map((file) => file.slice(0, -ENDING.length)).sort();
}

export function modelPath(name: string): string {
  return join(MODELS, name + ENDING);
}

export async function model(name: string): Promise<nca.Rule> {
  const nca = await import("../../lib/node.js");
  return nca.load(modelPath(name));
}

export async function targetNamed(emoji: string): Promise<nca.Target> {
  const nca = await import("../../lib/node.js");
  return nca.loadTarget(join(root, `targets/${emoji}.png`));
}

/** Emoji that have a rule which keeps what it has grown. */
export function persistentEmoji(): string[] {
  return modelNames().filter((name) => /^\w+$/.test(name));
}
