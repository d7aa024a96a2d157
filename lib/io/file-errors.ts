// What errors about files share.
import { FileError, NcaError } from "../cells/errors.js";

/** A file that ends before it should. */
export function cutShort(where: string, expected: number, got: number): FileError {
  return new FileError(
    `${where} is cut short: expected at least ${expected} bytes, got ${got}. Get it again.`,
  );
}

/** A picture that does not hold what its format wants. */
export function brokenPicture(where: string, format: string, why: string): FileError {
  return new FileError(`${where} is a broken ${format} picture: ${why}. Get it again, or save it as PNG.`);
}

/** What went wrong, in one line. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0];
}

/** Runs a check of the rule in a file; its NcaError becomes a FileError that names the file. */
export function checkInFile(where: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof NcaError)) throw error;
    throw new FileError(`${where} does not hold a rule that can be used: ${error.message}`);
  }
}

const MAX_QUOTED = 60;

/** A name or text from a file, for an error: not all of a long one, and nothing that a terminal would obey. */
export function quotable(text: string): string {
  const start = text.slice(0, MAX_QUOTED).replace(/\p{C}/gu, "?");
  return text.length > MAX_QUOTED ? `${start}...` : start;
}
