// A command line that cannot be used, and what may have been meant.

import { closest, distance } from "fastest-levenshtein";
import { NcaError } from "../../lib/cells/errors.js";

/** A command line that cannot be used. */
export class UsageError extends NcaError {
  override name = "UsageError";
}

/** A guess differs in at most this share of the longer word's letters. */
const FAR = 0.4;

/** " Did you mean bird?" for "brid"; nothing where no known word is near. */
export function guess(word: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const near = closest(word, known);
  const isNear = distance(word, near) <= FAR * Math.max(word.length, near.length);
  return isNear ? ` Did you mean ${near}?` : "";
}

/** Throws UsageError for the first name that is not known; `what` begins its message: "There is no picture". */
export function checkNames(what: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const list = known.join(", ");
  throw new UsageError(`${what} "${unknown}"; expected some of ${list}.${guess(unknown, known)}`);
}
