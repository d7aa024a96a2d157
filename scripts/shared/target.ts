// The picture that a command is about: its flags, and the target they ask for.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "#scripts/setup/root.mjs";
import { READ_FORMATS } from "../../lib/io/picture/kind.js";
import { MAX_TARGET_PADDING, MAX_TARGET_SIZE } from "../../lib/io/target.js";
import type { Rule, Target } from "../../lib/node.js";
import { fileOrName, listedIn, type Named, whole } from "./flags.js";

const FOLDER = join(root, "targets");

/** Names of the pictures in targets/. */
function pictureNames(): string[] {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  return files.filter((name) => name.endsWith(".png")).map((name) => name.slice(0, -".png".length));
}

const PICTURES: Named = {
  what: "a picture in targets/",
  names: pictureNames,
  pathOf: (name) => join(FOLDER, `${name}.png`),
};

/** A picture: "lizard" is targets/lizard.png. */
export function targetFlag(what: string) {
  const help = `the picture ${what}: a file (${READ_FORMATS}), an emoji, or a name in targets/`;
  return fileOrName("--target <picture>", help, PICTURES);
}

/** One of several pictures in a list. Throws UsageError for a name that is none. */
export function pictureIn(text: string): string {
  return listedIn(text, "--target", PICTURES);
}

export function sizeFlag() {
  return whole("--size <cells>", "longest side of the picture in cells", 1, MAX_TARGET_SIZE);
}

export function paddingFlag() {
  return whole("--padding <cells>", "empty cells on each side of it", 0, MAX_TARGET_PADDING);
}

/** The default of a command that measures a rule. */
export const AS_TRAINED = "as the rule was trained, else";

export interface SizeValues {
  readonly size?: number;
  readonly padding?: number;
}

/** The picture as a target for the rule. */
export async function targetFor(
  rule: Rule,
  { target, size, padding }: { readonly target: string; readonly size: number; readonly padding: number },
): Promise<Target> {
  const nca = await import("../../lib/node.js");
  return nca.loadTarget(target, { size, padding, premultiplied: rule.spec.premultiplied });
}
