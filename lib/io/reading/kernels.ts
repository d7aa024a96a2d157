// What a file says of its own perception: 3x3 kernels of a grouped convolution, K for each channel, that lie beside the
// layers. Fixed ones tell which way is up, how features lie and their scale; learned ones, and any other, are folded into
// the first layer, which is then a learned convolution.
import { FileError } from "../../cells/errors.js";
import { filtersOf } from "../../rule/filters.js";
import { type FoundModel, OPTIMIZER } from "../layers/find.js";
import type { Tensors } from "../layers/matrices.js";
import type { LayerWeights } from "../layers/weights.js";
import type { Gradients, Reading } from "./reading.js";

const PLACES = 9;
/** Kernels in half precision are as near to Sobel's. */
const TOLERANCE = 1e-3;

export interface Kernels {
  /** [C * K, 1, 3, 3], channel by channel. */
  readonly numbers: Float32Array;
  /** [C * K], what is added to each feature. */
  readonly bias?: Float32Array;
}

/** The only kernels beside these layers; undefined where there are none, several, or none but zeros. */
export function kernelsOf({ name, channels, filters }: FoundModel, tensors: Tensors): Kernels | undefined {
  const count = channels * filters;
  const shape = `${[count, 1, 3, 3]}`;
  const found = [...tensors].filter(
    ([other, tensor]) =>
      `${tensor.shape.slice(0, 5)}` === shape &&
      (name === "" || other.startsWith(`${name}.`)) &&
      !OPTIMIZER.test(other),
  );
  if (filters === PLACES || found.length !== 1) return undefined;
  try {
    const [[weights, tensor]] = found;
    const bias = tensors.get(weights.replace(/weight$/, "bias"));
    const isBias = bias !== undefined && `${bias.shape.slice(0, 2)}` === `${count}`;
    const [numbers, added] = [tensor.numbers(), isBias ? bias.numbers() : undefined];
    if (![numbers, added ?? []].every((all) => all.every(Number.isFinite))) return undefined;
    return numbers.some((x) => x !== 0) ? { numbers, bias: added } : undefined;
  } catch (error) {
    if (error instanceof FileError) return undefined; // integers: somebody's buffer
    throw error;
  }
}

/** The reading that these kernels are; undefined where they are no usual filters, or not the same for every channel. */
export function fixedReading(
  { numbers, bias }: Kernels,
  { filters }: FoundModel,
): Partial<Reading> | undefined {
  const each = filters * PLACES;
  if (bias?.some((x) => x !== 0) || !numbers.every((x, i) => near(x, numbers[i % each], 1))) return undefined;
  const ours = filtersOf("laplacian", 0);
  const seen = Array.from({ length: filters }, (_, k) =>
    matchOf(numbers.subarray(k * PLACES, (k + 1) * PLACES), ours),
  );
  const [self, one, other, laplacian = { filter: 3, scale: 1 }] = seen;
  if (self?.filter !== 0 || !near(self.scale, 1, 1) || laplacian?.filter !== 3 || !one || !other)
    return undefined;
  const gradients = gradientsOf([one.filter, other.filter], [one.scale, other.scale]);
  const [sobelScale, laplacianScale] = [Math.abs(one.scale), laplacian.scale];
  if (!gradients || !near(Math.abs(other.scale), sobelScale, sobelScale) || laplacianScale <= 0)
    return undefined;
  return { features: "channel-major", gradients, sobelScale, laplacianScale };
}

const near = (x: number, y: number, size: number) => Math.abs(x - y) <= TOLERANCE * size;

/** Which of our filters a kernel is, times which number. */
function matchOf(kernel: Float32Array, ours: readonly Float32Array[]) {
  const size = Math.max(...kernel.map(Math.abs));
  for (const [filter, numbers] of ours.entries()) {
    const scale = dot(kernel, numbers) / dot(numbers, numbers);
    if (size > 0 && kernel.every((x, i) => near(x, scale * numbers[i], size))) return { filter, scale };
  }
  return undefined;
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** The order and the signs of two gradients, where a reading can say them. */
function gradientsOf(filters: readonly number[], [first, second]: readonly number[]): Gradients | undefined {
  const isBoth = first > 0 && second > 0;
  if (`${filters}` === "2,1") return isBoth ? "yx" : undefined;
  if (`${filters}` !== "1,2") return undefined;
  if (isBoth) return "xy";
  if (first < 0 && second < 0) return undefined;
  return first < 0 ? "-x" : "-y";
}

/** The two layers behind such kernels as those of a learned convolution: w1 [D, C, 9]. */
export function folded(
  { numbers, bias }: Kernels,
  { channels, filters, hidden }: FoundModel,
  weights: LayerWeights,
): LayerWeights {
  const features = channels * filters;
  const w1 = new Float32Array(hidden * channels * PLACES);
  for (let at = 0; at < w1.length; at++) {
    const [place, channel] = [at % PLACES, Math.floor(at / PLACES) % channels];
    const unit = Math.floor(at / PLACES / channels);
    let sum = 0;
    for (let feature = channel * filters; feature < (channel + 1) * filters; feature++)
      sum += weights.w1[unit * features + feature] * numbers[feature * PLACES + place];
    w1[at] = sum;
  }
  const b1 = weights.b1.map((b, unit) =>
    bias ? bias.reduce((sum, x, i) => sum + x * weights.w1[unit * features + i], b) : b,
  );
  return { ...weights, w1, b1 };
}
