// What the chapters add to the page: rules in models/chapters/, of which some may not be there.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import type { Rule, Target } from "../../lib/core.js";
import { decodeRule } from "../../lib/io/checkpoint.js";
import { toRgba } from "../../lib/view/frame.js";
import { MODELS } from "../shared/models.js";

/** The rule of a chapter by its name; undefined where models/ has none. */
export function chapterRule(name: string): Rule | undefined {
  const path = join(MODELS, `chapters/${name}.safetensors`);
  return existsSync(path) ? decodeRule(new Uint8Array(readFileSync(path)), path).rule : undefined;
}

/** Cells as PNG, without what is empty around them. */
export function pngOf(cells: Target, margin = 0): Uint8Array {
  const { data, width, height } = toRgba(cells, { background: "transparent" });
  const [w, h] = [width - 2 * margin, height - 2 * margin];
  const inner = new Uint8Array(w * h * 4);
  for (let y = 0; y < h; y++) {
    const from = ((y + margin) * width + margin) * 4;
    inner.set(data.subarray(from, from + 4 * w), y * w * 4);
  }
  return encode({ width: w, height: h, data: inner, channels: 4 });
}
