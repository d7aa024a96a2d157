// The files in a zip that are stored as they are, which is how torch writes them. Refuses compressed ones, so that what
// is read is never more than what is there. Source: PKWARE's APPNOTE.TXT.
import { type UnzipFileInfo, unzipSync } from "fflate";
import { FileError } from "../../cells/errors.js";
import { quotable, reason } from "../file-errors.js";

/** Bytes of an entry in a zip's directory, without its name. */
const DIRECTORY_ENTRY_BYTES = 46;

export interface StoredZip {
  readonly names: readonly string[];
  /** A copy of the bytes of one file. @throws FileError when it is not there, compressed or cut short */
  read(name: string): Uint8Array;
}

/** Opens a zip: reads its directory. @throws FileError, naming `where`, when that is broken or promises too much */
export function openStoredZip(bytes: Uint8Array, where: string): StoredZip {
  const entries = new Map<string, UnzipFileInfo>();
  let promised = 0;
  let count = 0;
  walk(bytes, where, (entry) => {
    promised += entry.size;
    if (++count * DIRECTORY_ENTRY_BYTES > bytes.length || !(promised <= bytes.length)) {
      throw new FileError(
        `${where} is a broken zip: its ${count} files or more do not fit into ${bytes.length} bytes.`,
      );
    }
    if (entries.has(entry.name))
      throw new FileError(`${where} is a broken zip: it holds ${quotable(entry.name)} twice.`);
    entries.set(entry.name, entry);
    return false;
  });
  const read = (name: string): Uint8Array => {
    const entry = entries.get(name);
    if (!entry) throw new FileError(`${where} has no file ${quotable(name)} inside. Get it again.`);
    if (entry.compression !== 0 || entry.originalSize !== entry.size) {
      throw new FileError(
        `${where} is compressed inside, which torch.save never does. Write it with torch.save.`,
      );
    }
    const content = walk(bytes, where, (other) => other.name === name)[name];
    if (content.length === entry.size) return content;
    throw new FileError(
      `${where} is cut short: expected ${entry.size} bytes of ${quotable(name)}, got ${content.length}. Get it again.`,
    );
  };
  return { names: [...entries.keys()], read };
}

/** The files that the filter wants. */
function walk(bytes: Uint8Array, where: string, filter: (entry: UnzipFileInfo) => boolean) {
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`${where} is a broken zip (${reason(error)}). Get it again.`);
  }
}
