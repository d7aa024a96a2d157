// A rule of the visitor's own as a file: the rule as all commands read it, and in its metadata the drawing that it was
// learned from.

import { deflateSync, Inflate } from "fflate";
import { fromBase64, toBase64 } from "../../cells/base64.js";
import { checkInteger, InvalidInputError } from "../../cells/errors.js";
import { type Checkpoint, encodeRule } from "../../io/checkpoint.js";
import type { OwnRule } from "../offers.js";

const MOST_SIZE = 256;
const MOST_SIDE = 256;

/** What of a rule's own is in the metadata, as JSON. */
interface Creature {
  readonly size: number;
  readonly side: number;
  readonly isInfection: boolean;
  /** The drawing, deflated, in base64. */
  readonly drawing: string;
}

export function encodeOwn({ rule, drawing, side, isInfection }: OwnRule): Uint8Array {
  const { size, data } = drawing;
  const deflated = deflateSync(new Uint8Array(data), { level: 9 });
  const creature: Creature = { size, side, isInfection, drawing: toBase64(deflated) };
  return encodeRule(rule, { creature: JSON.stringify(creature) });
}

/** The rule of a file with its drawing; undefined where there is none that can be used. */
export function ownIn({ rule, notes }: Checkpoint, name: string): OwnRule | undefined {
  try {
    const { size, side, isInfection, drawing } = JSON.parse(notes.creature) as Creature;
    checkInteger("size", size, 1, MOST_SIZE);
    checkInteger("side", side, size, MOST_SIDE);
    const data = new Uint8ClampedArray(inflated(fromBase64(drawing), size * size * 4));
    return { name, rule, drawing: { size, data }, side, isInfection: isInfection === true };
  } catch {
    return undefined;
  }
}

/** Throws InvalidInputError for anything but so many bytes; takes no more memory than that. */
export function inflated(bytes: Uint8Array, length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  const stream = new Inflate((part) => {
    if (at + part.length > length) throw new InvalidInputError(`it holds more than ${length} bytes`);
    all.set(part, at);
    at += part.length;
  });
  stream.push(bytes, true);
  if (at !== length) throw new InvalidInputError(`it holds ${at} bytes; expected ${length}`);
  return all;
}
