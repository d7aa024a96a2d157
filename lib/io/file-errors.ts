// What errors about files share.
import { FileError } from "../rule/errors.js";

/** A file that ends before it should. */
export function cutShort(where: string, expected: number, got: number): FileError {
  return new FileError(
    `${where} is cut short: expected at least ${expected} bytes, got ${got}. Get it again.`,
  );
}

/** What went wrong, in one line. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0];
}
