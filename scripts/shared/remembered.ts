// What a rule's file remembers of its training: the picture, its size and the empty cells around it.

import type { Checkpoint, Target } from "../../lib/node.js";
import { recipeOf } from "./recipe.js";
import { type SizeValues, targetFor } from "./target.js";

const USUAL = { size: 40, padding: 16 };

interface Remembered extends Required<SizeValues> {
  readonly target?: string;
}

/** What the last training of a rule had; the usual sizes where the file does not say. */
export function rememberedOf({ notes }: Checkpoint, path: string): Remembered {
  const flags = recipeOf(notes, path).at(-1)?.flags ?? {};
  const sizeIn = (name: keyof typeof USUAL) => (typeof flags[name] === "number" ? flags[name] : USUAL[name]);
  const target = typeof flags.target === "string" ? flags.target : undefined;
  return { size: sizeIn("size"), padding: sizeIn("padding"), target };
}

/** The target that the flags ask for, in the sizes that the rule was trained with where they do not say. */
export async function targetLike(
  checkpoint: Checkpoint,
  path: string,
  { target, size, padding }: SizeValues & { readonly target: string },
): Promise<Target> {
  const usual = rememberedOf(checkpoint, path);
  return targetFor(checkpoint.rule, { target, size: size ?? usual.size, padding: padding ?? usual.padding });
}
