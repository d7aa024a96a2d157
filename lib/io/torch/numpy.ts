// What numpy puts into a pickle: scalars and arrays of plain numbers. Arrays of objects, texts and dates are refused.
// Source: numpy/_core/multiarray (scalar, _reconstruct), numpy/_core/numeric (_frombuffer).
import { FileError } from "../../cells/errors.js";
import { FLOAT16, FLOAT32, FLOAT64, type FloatKind, floatsOf } from "../half.js";
import type { StateTensor } from "../layers/matrices.js";
import { countOf } from "../safetensors/header.js";
import { isTuple, type PickleValue } from "./pickle-machine.js";

/** Bytes of a number, and how it is read; weights may be of the kinds that are floats. */
const KINDS: Record<string, { bytes: number; float?: FloatKind }> = {
  f2: { bytes: 2, float: FLOAT16 },
  f4: { bytes: 4, float: FLOAT32 },
  f8: { bytes: 8, float: FLOAT64 },
  i1: { bytes: 1 },
  i2: { bytes: 2 },
  i4: { bytes: 4 },
  i8: { bytes: 8 },
  u1: { bytes: 1 },
  u2: { bytes: 2 },
  u4: { bytes: 4 },
  u8: { bytes: 8 },
  b1: { bytes: 1 },
};

/** numpy.dtype: a kind of number, its low byte first. */
export class NumpyKind {
  constructor(readonly name: string) {}
  toString(): string {
    return `numpy.dtype(${this.name})`;
  }
}

/** numpy.ndarray, which is made empty and then told what it holds. */
export class NumpyArray implements StateTensor {
  shape: readonly number[] = [];
  private kind = "";
  private bytes: Uint8Array = new Uint8Array(0);

  /** False where these are not the array's. */
  fill(shape: PickleValue, kind: PickleValue, bytes: PickleValue): boolean {
    if (!isTuple(shape) || !(kind instanceof NumpyKind) || !(bytes instanceof Uint8Array)) return false;
    const count = countOf(shape as number[]);
    if (count === undefined || count * KINDS[kind.name].bytes !== bytes.length) return false;
    [this.shape, this.kind, this.bytes] = [shape as number[], kind.name, bytes];
    return true;
  }

  numbers(): Float32Array {
    const float = KINDS[this.kind]?.float;
    if (!float)
      throw new FileError(`An array is of numpy's kind ${this.kind}, expected numbers with a fraction.`);
    return floatsOf(this.bytes, float);
  }

  toString(): string {
    return `an array [${this.shape}]`;
  }
}

/** numpy.dtype("f8", False, True). */
export function numpyKind([name]: readonly PickleValue[]): NumpyKind | undefined {
  const plain = typeof name === "string" ? name.replace(/^[<|=]/, "") : "";
  return Object.hasOwn(KINDS, plain) ? new NumpyKind(plain) : undefined;
}

/** A scalar's value; a float alone, as what else there is does not matter here. */
export function numpyScalar([kind, bytes]: readonly PickleValue[]): number | undefined {
  if (!(kind instanceof NumpyKind) || !(bytes instanceof Uint8Array)) return undefined;
  const { bytes: size, float } = KINDS[kind.name];
  if (bytes.length !== size) return undefined;
  return float ? floatsOf(bytes, float)[0] : Number(bytes[0]);
}

/** numpy's attributes: the byte order of a kind, (3, "<", ...), and what an array holds. */
export function numpyBuild(object: PickleValue, state: PickleValue): boolean {
  if (!isTuple(state)) return false;
  if (object instanceof NumpyKind) return state[1] !== ">";
  const [, shape, kind, isFortran, bytes] = state;
  return object instanceof NumpyArray && isFortran !== true && object.fill(shape, kind, bytes);
}
