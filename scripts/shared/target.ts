// The picture that a command is about: its flags, and the target they ask for.

import * as nca from "../../lib/index.js";
import { wholeNumber } from "./command.js";

export const sizeFlags = {
  size: { help: "longest side of the picture in cells", value: "40" },
  padding: { help: "empty cells on each side of it", value: "16" },
} as const;

/** The PNG as a target for the rule. */
export function targetFor(
  rule: nca.Rule,
  values: { readonly target: string; readonly size: string; readonly padding: string },
): Promise<nca.Target> {
  return nca.loadTarget(values.target, {
    size: wholeNumber("size", values.size, 1),
    padding: wholeNumber("padding", values.padding),
    premultiplied: rule.spec.premultiplied,
  });
}
