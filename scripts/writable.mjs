// Whether a folder can be written, which a home need not be.
import { accessSync, constants, mkdirSync } from "node:fs";

/** Makes the folder where it is missing. As root everything can be written that is not mounted read-only. */
export function writable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
