// A dense layer in 8 bits, as the demo of the Distill article reads it: a texture of bytes with the biases as its last
// row, and two scales. Source: https://github.com/distillpub/post--growing-ca (public/ca.js, createDenseInfo).

import { fromBase64, toBase64 } from "../../cells/base64.js";
import { FileError, InvalidInputError } from "../../cells/errors.js";

/** A byte b of the texture is the number (b / 255 - 0.5) * scale: from -scale / 2 to scale / 2, without a zero. */
const LEVELS = 255;
const CENTRE = 0.5;

/** The layer in the file: bytes of [in_ch + 1, out_ch], base64. */
export interface DistillLayer {
  readonly data_b64: string;
  readonly in_ch: number;
  readonly out_ch: number;
  readonly weight_scale: number;
  readonly bias_scale: number;
}

/** A dense layer: weight [inputs, outputs], bias [outputs]. */
export interface Dense {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** The layer, if every member is there and of its type. Throws FileError, which names `what`, where one is not. */
export function checkLayer(layer: unknown, what: string): DistillLayer {
  const members = (typeof layer === "object" && layer !== null ? layer : {}) as Record<string, unknown>;
  if (typeof members.data_b64 !== "string") throw new FileError(`${what} has no text data_b64.`);
  for (const name of ["in_ch", "out_ch"]) {
    if (Number.isSafeInteger(members[name]) && (members[name] as number) > 0) continue;
    throw new FileError(`${what} has ${name} ${typed(members[name])}, expected a whole number above 0.`);
  }
  for (const name of ["weight_scale", "bias_scale"]) {
    const scale = members[name];
    if (typeof scale === "number" && Number.isFinite(Math.fround(scale))) continue;
    throw new FileError(`${what} has ${name} ${typed(scale)}, expected a number that float32 can hold.`);
  }
  return layer as DistillLayer;
}

/** A number as it is; anything else by its type alone, since it may be long. */
function typed(value: unknown): string {
  return typeof value === "number" ? `${value}` : `of type ${typeof value}`;
}

/** The layer's numbers. Throws FileError when there are more or fewer than it says. */
export function decodeLayer(layer: DistillLayer, what: string): Dense {
  const expected = (layer.in_ch + 1) * layer.out_ch;
  let bytes: Uint8Array;
  try {
    bytes = fromBase64(layer.data_b64);
  } catch {
    throw new FileError(`${what} has data_b64 that is no base64.`);
  }
  if (bytes.length !== expected) {
    throw new FileError(
      `${what} holds ${bytes.length} bytes; ${layer.in_ch} inputs, a bias and ${layer.out_ch} outputs need ${expected}.`,
    );
  }
  const number = (i: number, scale: number) => (bytes[i] / LEVELS - CENTRE) * scale;
  const weights = layer.in_ch * layer.out_ch;
  return {
    weight: Float32Array.from({ length: weights }, (_, i) => number(i, layer.weight_scale)),
    bias: Float32Array.from({ length: layer.out_ch }, (_, i) => number(weights + i, layer.bias_scale)),
  };
}

/** The layer in 8 bits: each number is off by at most 1/510 of the span of its kind. Throws for one not finite. */
export function encodeLayer({ weight, bias }: Dense): DistillLayer {
  const scaleOf = (numbers: Float32Array) => 2 * numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const [weightScale, biasScale] = [scaleOf(weight), scaleOf(bias)];
  if (!Number.isFinite(Math.fround(weightScale)) || !Number.isFinite(Math.fround(biasScale))) {
    throw new InvalidInputError("The rule holds numbers that are not finite; 8 bits cannot.");
  }
  const byte = (x: number, scale: number) => Math.round(((scale && x / scale) + CENTRE) * LEVELS);
  const bytes = [...weight].map((x) => byte(x, weightScale)).concat([...bias].map((x) => byte(x, biasScale)));
  return {
    data_b64: toBase64(Uint8Array.from(bytes)),
    in_ch: weight.length / bias.length,
    out_ch: bias.length,
    weight_scale: weightScale,
    bias_scale: biasScale,
  };
}
