// Reads a target from a PNG file. Node only: in a browser, give the bytes to `targetFromPng`.

import type { Target } from "../cells/cells.js";
import { readFileChecked } from "./atomic.js";
import { checkTargetOptions, type TargetOptions, targetFromPng } from "./target.js";

/** The largest picture file that is read: an uncompressed RGBA picture of 4096 x 4096 px. */
export const MAX_PICTURE_BYTES = 65 * 2 ** 20;

/**
 * The picture in a PNG file as a target: see `targetFromPng`.
 *
 * @param path relative to the current working directory; in a notebook that is the notebook's folder
 */
export async function loadTarget(path: string, options: TargetOptions = {}): Promise<Target> {
  checkTargetOptions(options);
  return targetFromPng(await readFileChecked(path, MAX_PICTURE_BYTES), options, path);
}
