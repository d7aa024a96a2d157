// Kinds of floats in files, 16, 32 and 64 bits, as float32: what every format of weights may hold. Runs in Node and in a browser.

/** IEEE 754's 16 bits: sign, 5 of exponent, 10 of fraction. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const bits32 = new Uint32Array(1);
const float32 = new Float32Array(bits32.buffer);

/** Brain floats: the upper half of a float32. */
export function bfloat16ToNumber(bits: number): number {
  bits32[0] = bits << 16;
  return float32[0];
}

/** How the numbers of a kind of float lie in memory, their low byte first. */
export interface FloatKind {
  readonly bytes: number;
  read(view: DataView, at: number): number;
}

export const FLOAT32: FloatKind = { bytes: 4, read: (view, at) => view.getFloat32(at, true) };
export const FLOAT64: FloatKind = { bytes: 8, read: (view, at) => view.getFloat64(at, true) };
export const FLOAT16: FloatKind = { bytes: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) };
export const BFLOAT16: FloatKind = {
  bytes: 2,
  read: (view, at) => bfloat16ToNumber(view.getUint16(at, true)),
};

/** All numbers of these bytes as float32; what is left of a last one is dropped. */
export function floatsOf(bytes: Uint8Array, { bytes: each, read }: FloatKind): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: Math.floor(bytes.length / each) }, (_, i) => read(view, i * each));
}
