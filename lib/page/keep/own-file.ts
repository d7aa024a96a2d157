// A rule of the visitor's own as a file: the rule as all commands read it, and in its metadata the drawing that it was
// learned from.

import { deflateSync } from "fflate";
import { fromBase64, toBase64 } from "../../cells/base64.js";
import { checkInteger } from "../../cells/errors.js";
import { type Checkpoint, encodeRule } from "../../io/checkpoint.js";
import type { OwnRule } from "../offers.js";
import { inflated } from "./inflate.js";

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
    const length = size * size * 4;
    const data = new Uint8ClampedArray(inflated(fromBase64(drawing), length));
    if (data.length !== length) return undefined;
    return { name, rule, drawing: { size, data }, side, isInfection: isInfection === true };
  } catch {
    return undefined;
  }
}
