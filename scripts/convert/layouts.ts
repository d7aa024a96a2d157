// What npm run convert writes, and how a name's ending says which of it.

import type * as nca from "../../lib/node.js";
import { UsageError } from "../shared/usage.js";

export const LAYOUTS = ["nca", "pytorch", "pytorch-module", "onnx", "distill"] as const;
export type Layout = (typeof LAYOUTS)[number];

/** The ending that a layout's file has; the first layout of an ending is the one that it means. */
const ENDINGS: Record<Layout, string> = {
  nca: ".safetensors",
  pytorch: ".safetensors",
  "pytorch-module": ".py",
  onnx: ".onnx",
  distill: ".json",
};

/** What is said of endings that are PyTorch's own. */
const TORCH = /\.(pt|pth|bin|ckpt)$/;

/** The layout that a file is to have. Throws UsageError where its name and the flag do not go together. */
export function layoutOf(out: string, given: Layout | undefined): Layout {
  const ending = given ? ENDINGS[given] : Object.values(ENDINGS).find((one) => out.endsWith(one));
  if (given && ending && out.endsWith(ending)) return given;
  if (given) throw new UsageError(`--layout ${given} is of a ${ending} file; --out is "${out}".`);
  const layout = LAYOUTS.find((one) => ENDINGS[one] === ending);
  if (layout) return layout;
  const hint = TORCH.test(out)
    ? "; for PyTorch write --layout pytorch to a .safetensors, which a few lines of Python load (models/README.md)"
    : "";
  const [last, ...others] = [...new Set(Object.values(ENDINGS))].reverse();
  throw new UsageError(
    `--out is "${out}"; expected a name that ends in ${others.reverse().join(", ")} or ${last}${hint}.`,
  );
}

/** What goes into the file besides the rule. */
export interface Extra {
  readonly notes: nca.CheckpointNotes;
  /** CA steps of an ONNX model's run; one, without a loop, if not given. */
  readonly steps?: number;
}

/** The bytes of the file to be written, and the rule that they then hold. */
export async function encoded(
  rule: nca.Rule,
  layout: Layout,
  { notes, steps }: Extra,
): Promise<{ readonly bytes: Uint8Array; readonly rule: nca.Rule }> {
  const nca = await import("../../lib/node.js");
  switch (layout) {
    case "nca":
      return { rule, bytes: nca.encodeRule(rule, notes) };
    case "pytorch": {
      const bytes = nca.encodeStateDict(rule);
      return { rule: nca.decodeModel(bytes).rule, bytes };
    }
    case "pytorch-module":
      return { rule, bytes: new TextEncoder().encode(nca.pytorchModule(rule)) };
    case "onnx":
      return { rule, bytes: nca.encodeOnnx(rule, { steps }) };
    case "distill":
      return nca.encodeDistill(rule);
  }
}
