// What the chapters add to the page: rules in models/chapters/, of which some may not be there.

import { existsSync, readFileSync } from "node:fs";
import { encode } from "fast-png";
import { emptyCells, type Rule, type Target } from "../../lib/core.js";
import { decodeRule } from "../../lib/io/checkpoint.js";
import { copyArea } from "../../lib/page/area.js";
import { toRgba } from "../../lib/view/frame.js";
import { modelPath } from "../shared/models.js";

/** Puts a file into the site and returns its address. */
export type Put = (folder: string, name: string, bytes: Uint8Array) => string;

/** The rule of a chapter by its name; undefined where models/ has none. */
export function chapterRule(name: string): Rule | undefined {
  const path = modelPath(`chapters/${name}`);
  return existsSync(path) ? decodeRule(new Uint8Array(readFileSync(path)), path).rule : undefined;
}

/** Cells as PNG, without what is empty around them. */
export function pngOf(cells: Target, margin = 0): Uint8Array {
  const { count, height, width, channels, premultiplied } = cells;
  const inner = emptyCells(count, height - 2 * margin, width - 2 * margin, channels, premultiplied);
  copyArea(cells, inner, -margin, -margin);
  const image = toRgba(inner, { background: "transparent" });
  return encode({ width: image.width, height: image.height, data: image.data, channels: 4 });
}
