// Protocol buffers, as much as it takes to read weights: the fields of a message, one after the other. Groups, which
// nobody writes any more, are refused; nothing is copied and nothing read past the end.
// Source: https://protobuf.dev/programming-guides/encoding.
import { FileError } from "../../cells/errors.js";

/** A field's number, and its value: an integer (of 64 bits, rounded to a float64), or the bytes of anything else. */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
/** Groups of seven bits in a varint of 64. */
const MAX_VARINT_BYTES = 10;

/** The fields of a message. @throws FileError, naming `where`, where it is cut short or no message */
export function* fieldsOf(bytes: Uint8Array, where: string): Generator<Field, void> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      if (at >= bytes.length) throw broken(where, "it is cut short");
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    throw broken(where, "it holds a number that does not end");
  };
  const slice = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw broken(where, "it is cut short");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const [number, type] = [Math.floor(key / 8), key % 8];
    if (type === VARINT) yield { number, value: varint() };
    else if (type === FIXED64) yield { number, value: slice(8) };
    else if (type === BYTES) yield { number, value: slice(varint()) };
    else if (type === FIXED32) yield { number, value: slice(4) };
    else throw broken(where, `it holds a field of type ${type}`);
  }
}

/** The integers of a packed field. @throws FileError as `fieldsOf` does */
export function packedIntegers(bytes: Uint8Array, where: string): number[] {
  const integers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const byte of bytes) {
    value += (byte & 127) * 2 ** shift;
    shift += 7;
    if (byte >= 128 && shift < 7 * MAX_VARINT_BYTES) continue;
    integers.push(value);
    [value, shift] = [0, 0];
  }
  if (shift > 0) throw broken(where, "it is cut short");
  return integers;
}

export function broken(where: string, what: string): FileError {
  return new FileError(`${where} is no usable ONNX file: ${what}. Export it again.`);
}
