// What numpy puts into a pickle: scalars and arrays of plain numbers. Arrays of objects, texts and dates are refused.
// Source: numpy/_core/multiarray (scalar, _reconstruct), numpy/_core/numeric (_frombuffer).
import { FileError } from "../../cells/errors.js";
import { FLOAT16, FLOAT32, FLOAT64, type FloatKind, floatsOf } from "../floats.js";
import { countOf, placeOf } from "../shape.js";
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

/** Letters that are read of a kind's name, such as <f4. */
const MAX_KIND = 8;

/** numpy.dtype: a kind of number, its low byte first. */
export class NumpyKind {
  constructor(readonly name: string) {}
  toString(): string {
    return `numpy.dtype(${this.name})`;
  }
}

/** numpy.ndarray, which is made empty and then told what it holds. */
export class NumpyArray {
  shape: readonly number[] = [];
  private isFortran = false;
  private kind = "";
  private bytes: Uint8Array = new Uint8Array(0);

  /** False where these are not the array's; in Fortran's order, as of a W.T, its first side runs fastest. */
  fill(shape: PickleValue, kind: PickleValue, bytes: PickleValue, isFortran: boolean): boolean {
    if (!isTuple(shape) || !(kind instanceof NumpyKind) || !(bytes instanceof Uint8Array)) return false;
    const count = countOf(shape as number[]);
    if (count === undefined || count * KINDS[kind.name].bytes !== bytes.length) return false;
    [this.shape, this.kind, this.bytes] = [shape as number[], kind.name, bytes];
    this.isFortran = isFortran;
    return true;
  }

  /** All of them, row by row. @throws FileError, naming `what`, for numbers that are no floats */
  numbers(what: string): Float32Array {
    const float = KINDS[this.kind]?.float;
    if (!float) {
      const got = this.kind === "" ? "an empty array" : `of numpy's kind ${this.kind}`;
      throw new FileError(`${what} is ${got}, expected numbers with a fraction: f2, f4 or f8.`);
    }
    const numbers = floatsOf(this.bytes, float);
    return this.isFortran ? rowByRow(numbers, this.shape) : numbers;
  }

  toString(): string {
    return `an array [${this.shape}]`;
  }
}

/** Numbers whose first side runs fastest, in the usual order, in which the last does. */
function rowByRow(numbers: Float32Array, shape: readonly number[]): Float32Array {
  let next = 1;
  const stride = shape.map((side) => {
    const own = next;
    next *= side;
    return own;
  });
  return numbers.map((_, at) => numbers[placeOf(at, shape, stride)]);
}

/** numpy.dtype("f8", False, True). */
export function numpyKind([name]: readonly PickleValue[]): NumpyKind | undefined {
  const plain = typeof name === "string" ? name.slice(0, MAX_KIND).replace(/^[<|=]/, "") : "";
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
  return object instanceof NumpyArray && object.fill(shape, kind, bytes, isFortran === true);
}
