// The picture that a command is about: its flags, and the target they ask for.

import { READ_FORMATS } from "../../lib/io/picture/kind.js";
import type { Rule, Target } from "../../lib/node.js";
import { file, whole } from "./flags.js";

export function targetFlag(what: string) {
  return file("--target <picture>", `the picture ${what}: a file (${READ_FORMATS}) or an emoji`);
}

export function sizeFlag() {
  return whole("--size <cells>", "longest side of the picture in cells", 1);
}

export function paddingFlag() {
  return whole("--padding <cells>", "empty cells on each side of it");
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
