// The trained rules that the README's pictures show.

import { join } from "node:path";
import { root } from "#scripts/root.mjs";
import * as nca from "../../lib/index.js";

/** The emoji that have trained rules, in the README's order. */
export const ZOO = ["lizard", "bird", "mushroom", "coffin"] as const;
export type Emoji = (typeof ZOO)[number];

export function persistent(emoji: Emoji): Promise<nca.Rule> {
  return nca.load(join(root, `models/${emoji}.safetensors`));
}

export function regenerating(emoji: Emoji): Promise<nca.Rule> {
  return nca.load(join(root, `models/${emoji}-regenerating.safetensors`));
}

export function targetOf(emoji: Emoji): Promise<nca.Target> {
  return nca.loadTarget(join(root, `targets/${emoji}.png`));
}
