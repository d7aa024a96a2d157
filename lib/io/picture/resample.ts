// Shrinks and enlarges pictures with Lanczos-3, the filter that Distill's targets were made with. Uses only
// arithmetic that is exact by IEEE 754 (no Math.sin), so that a target has the same bits on every machine.
import { type Cells, cellsOf } from "../../cells/cells.js";

const LOBES = 3;

/** RGB multiplied by alpha, if it is not yet: it can be averaged without colour leaking out of transparent pixels. */
export function premultiply(picture: Cells): Cells {
  if (picture.premultiplied) return picture;
  return { ...picture, data: mapRgb(picture.data, (value, alpha) => value * alpha), premultiplied: true };
}

/** The inverse of `premultiply`; black where alpha is 0. */
export function unpremultiply(picture: Cells): Cells {
  if (!picture.premultiplied) return picture;
  const straight = (value: number, alpha: number) => (alpha > 0 ? Math.min(1, value / alpha) : 0);
  return { ...picture, data: mapRgb(picture.data, straight), premultiplied: false };
}

function mapRgb(rgba: Float32Array, change: (value: number, alpha: number) => number): Float32Array {
  return rgba.map((value, i) => (i % 4 === 3 ? value : change(value, rgba[i | 3])));
}

/**
 * The picture at another size. When shrinking, the filter is widened by the same factor, so every source pixel counts.
 * Lanczos overshoots at edges: the result is clamped to 0 <= rgb <= alpha <= 1.
 *
 * @param picture RGBA [1, height, width, 4], straight or premultiplied
 * @returns RGBA [1, height, width, 4], premultiplied
 * Source: Duchon 1979, "Lanczos Filtering in One and Two Dimensions"; borders as in Pillow's Image.resize.
 */
export function resample(from: Cells, height: number, width: number): Cells {
  const picture = premultiply(from);
  const rows = contributions(picture.height, height);
  const columns = contributions(picture.width, width);
  const tall = new Float64Array(4 * picture.width); // one output row, still as wide as the source
  const data = new Float32Array(height * width * 4);
  for (let y = 0; y < height; y++) {
    tall.fill(0);
    rows[y].weights.forEach((weight, k) => {
      const from = (rows[y].first + k) * tall.length;
      for (let i = 0; i < tall.length; i++) tall[i] += weight * picture.data[from + i];
    });
    for (let x = 0; x < width; x++) {
      const rgba = [0, 0, 0, 0];
      columns[x].weights.forEach((weight, k) => {
        const from = 4 * (columns[x].first + k);
        for (let c = 0; c < 4; c++) rgba[c] += weight * tall[from + c];
      });
      const alpha = Math.fround(clamp(rgba[3], 1));
      data.set(
        [clamp(rgba[0], alpha), clamp(rgba[1], alpha), clamp(rgba[2], alpha), alpha],
        4 * (y * width + x),
      );
    }
  }
  return cellsOf(data, { height, width });
}

interface Contribution {
  readonly first: number;
  /** What each source pixel from `first` on adds; sums to 1. */
  readonly weights: number[];
}

/** For each of `to` pixels along one side, the source pixels of `from` that it is made of. */
function contributions(from: number, to: number): Contribution[] {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  return Array.from({ length: to }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - LOBES * stretch));
    const last = Math.min(from - 1, Math.ceil(centre + LOBES * stretch));
    const weights: number[] = [];
    for (let at = first; at <= last; at++) weights.push(lanczos((at + 0.5 - centre) / stretch));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** sinc(x) sinc(x / 3) within three lobes of the centre, zero outside. */
function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  return (LOBES * sinPi(x) * sinPi(x / LOBES)) / (Math.PI * Math.PI * x * x);
}

/** sin(pi x), exactly 0 at whole numbers: the Taylor series to the 19th power, within 1e-15 on half a turn. */
function sinPi(x: number): number {
  const turns = Math.round(x);
  const angle = Math.PI * (x - turns);
  let term = angle;
  let sum = angle;
  for (let k = 2; k <= 18; k += 2) {
    term *= -(angle * angle) / (k * (k + 1));
    sum += term;
  }
  return turns % 2 === 0 ? sum : -sum;
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}
