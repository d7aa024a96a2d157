// Inflates what came from outside: only as much memory is taken as there is in it, and never more than a bound.

import { Inflate } from "fflate";
import { InvalidInputError } from "../../cells/errors.js";

/** Bytes that are inflated at a time. */
const PIECE = 256;

/** Throws InvalidInputError for more than so many bytes, and an Error of fflate's for what was not deflated. */
export function inflated(bytes: Uint8Array, most: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Inflate((part) => {
    length += part.length;
    if (length > most) throw new InvalidInputError(`it holds more than ${most} bytes`);
    parts.push(part.slice());
  });
  for (let at = 0; at < bytes.length; at += PIECE)
    stream.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
