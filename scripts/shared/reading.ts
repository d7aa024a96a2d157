// Flags that say how a file of weights is meant, where it does not say so itself: PyTorch's, ONNX, TensorFlow.js.

import { givenIn } from "../../lib/cells/given.js";
import type { ReadOptions } from "../../lib/io/reading/reading.js";
import { FEATURE_ORDERS, GRADIENTS } from "../../lib/io/reading/reading.js";
import { ALIVE_MASKS, BOUNDARIES } from "../../lib/rule/spec.js";
import { flag, oneOf, real } from "./flags.js";
import { quoted } from "./shell.js";

export const READING =
  "What other people's weights do not say (else known by their code, or found by growing):";

const COLOURS = ["premultiplied", "straight"] as const;

export const submodelFlag = () =>
  flag(
    "--submodel <name>",
    "which of several models in the file, such as ema",
    "a name",
    (text) => text || undefined,
  );
export const gradientsFlag = () =>
  oneOf(
    "--gradients <order>",
    "which way is up: the gradients to the right and down, swapped or turned",
    GRADIENTS,
  );
export const featuresFlag = () =>
  oneOf("--features <order>", "how the first layer's inputs lie", FEATURE_ORDERS);
export const sobelScaleFlag = () =>
  real(
    "--sobel-scale <number>",
    "1 where Sobel filters are divided by 8, 8 where they are whole",
    "a number above 0",
    (number) => number > 0,
  );
export const laplacianScaleFlag = () =>
  real(
    "--laplacian-scale <number>",
    "1 where the Laplacian is divided by 4, 4 where it is whole, 0.25 where by 16",
    "a number above 0",
    (number) => number > 0,
  );
export const fireRateFlag = () =>
  real(
    "--fire-rate <share>",
    "how often a cell updates",
    "a probability from 0 to 1",
    (share) => share >= 0 && share <= 1,
  );
export const boundaryFlag = () => oneOf("--boundary <kind>", "what lies beyond the edge", BOUNDARIES);
export const aliveMaskFlag = () => oneOf("--alive-mask <when>", "when cells die", ALIVE_MASKS);
export const coloursFlag = () => oneOf("--colours <kind>", "how RGB lies beside alpha", COLOURS);

/** The values of these flags. */
interface ReadingValues extends Omit<ReadOptions, "model" | "premultiplied" | "say"> {
  readonly submodel?: string;
  readonly colours?: (typeof COLOURS)[number];
}

/** What the flags say. */
export function readOptionsOf(values: ReadingValues): ReadOptions {
  const { submodel, gradients, features, sobelScale, laplacianScale, colours } = values;
  const { boundary, aliveMask, fireRate } = values;
  const premultiplied = colours === undefined ? undefined : colours === "premultiplied";
  const filters = { gradients, features, sobelScale, laplacianScale };
  return { model: submodel, ...filters, boundary, aliveMask, premultiplied, fireRate };
}

/** The flags as a command line has them, each after a space. */
export function readingText(values: ReadingValues): string {
  const flags = {
    "--submodel": values.submodel,
    "--gradients": values.gradients,
    "--features": values.features,
    "--sobel-scale": values.sobelScale,
    "--laplacian-scale": values.laplacianScale,
    "--boundary": values.boundary,
    "--alive-mask": values.aliveMask,
    "--colours": values.colours,
    "--fire-rate": values.fireRate,
  };
  return Object.entries(givenIn(flags))
    .map(([name, value]) => ` ${name} ${quoted(`${value}`)}`)
    .join("");
}
