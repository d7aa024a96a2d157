// Whether a folder can be written to, which is not true of every home.
import { accessSync, constants } from "node:fs";

/**
 * Whether it is there and can be written; as root, everything that is not mounted read-only can.
 *
 * @param {string} folder
 */
export function writable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
