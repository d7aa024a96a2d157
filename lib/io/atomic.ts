// Reads and writes whole files, with errors that say what is wrong in one line. A file is written completely or not
// at all: whatever happens, its path holds the old bytes or the new ones. Node only.
import { createHash, randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import {
  access,
  constants,
  type FileHandle,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FileError } from "../cells/errors.js";
import { reason } from "./file-errors.js";

/**
 * Writes a file: to a temporary file in the same folder, flushed to the disk, then renamed over the old one.
 * The file keeps its mode and, where root writes, its owner. A symbolic link stays, and the file that it points to is
 * replaced. What a killed writer of the same file left in the folder is removed once it is a minute old.
 *
 * @throws FileError for a missing folder, a folder or device in the file's place, no permission, a full disk;
 *   the old file is then untouched and nothing is left behind
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const action = `Cannot write ${path}`;
  checkNoUrl(path, action);
  let temporary: string | undefined;
  try {
    const place = await replaceable(path, action);
    await removeLeftovers(place);
    const beside = join(dirname(place), `${temporaryPrefix(place)}${randomUUID().slice(0, 8)}.tmp`);
    inFlight.add(beside);
    temporary = beside;
    const old = await stat(place).catch(() => undefined);
    const file = await open(beside, "wx", old?.mode); // never open to more than the old file was
    try {
      if (old) await keepAccess(file, old);
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, place);
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
    throw await explained(error, action, path);
  } finally {
    if (temporary !== undefined) inFlight.delete(temporary);
  }
}

/** Gives a new file the old one's owner and mode, in this order, as changing the owner clears bits of the mode. */
async function keepAccess(file: FileHandle, old: Stats): Promise<void> {
  if (process.getuid?.() === 0) await file.chown(old.uid, old.gid).catch(() => undefined); // not every disk can
  await file.chmod(old.mode);
}

/** Temporary files that this process is writing. */
const inFlight = new Set<string>();
/** No write takes this long. Younger leftovers may belong to a writer on another machine or in another container. */
const ABANDONED_MS = 60_000;

/** How the names of temporary files of a place begin: with a hash, as the place's own name may be of any length. */
function temporaryPrefix(place: string): string {
  return `.nca-${createHash("sha256").update(basename(place)).digest("hex").slice(0, 12)}-`;
}

/** Removes temporary files of the place that no one writes any more. What can't be removed is no reason to fail. */
async function removeLeftovers(place: string): Promise<void> {
  const folder = dirname(place);
  const prefix = temporaryPrefix(place);
  const names = await readdir(folder).catch(() => []);
  for (const path of names.filter((name) => name.startsWith(prefix)).map((name) => join(folder, name))) {
    const found = inFlight.has(path) ? undefined : await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS)
      await rm(path, { force: true }).catch(() => undefined);
  }
}

/**
 * The bytes of a file of at most `maxBytes`; its size is checked before anything is read.
 *
 * @throws FileError for a file that is missing, too large, a folder or device, or not permitted to be read
 */
export async function readFileChecked(path: string, maxBytes: number): Promise<Uint8Array> {
  const action = `Cannot read ${path}`;
  checkNoUrl(path, action);
  let file: FileHandle | undefined;
  try {
    const found = await stat(path);
    if (!found.isFile())
      throw new FileError(`${action}: it is ${found.isDirectory() ? "a folder" : "no file"}.`);
    if (found.size > maxBytes) {
      throw new FileError(`${action}: it holds ${found.size} bytes, expected at most ${maxBytes}.`);
    }
    file = await open(path, "r");
    const bytes = new Uint8Array(found.size);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    if (bytesRead === bytes.length) return bytes;
    throw new FileError(`${action}: expected ${bytes.length} bytes, got ${bytesRead}. Is it being written?`);
  } catch (error) {
    throw await explained(error, action, path);
  } finally {
    await file?.close();
  }
}

/** Throws FileError for a URL: nothing is fetched. */
function checkNoUrl(path: string, action: string): void {
  if (!/^(?:https?|ftp|file|data):/i.test(path)) return;
  const name = path.length > 100 ? `${path.slice(0, 100)}...` : path;
  throw new FileError(
    `${action.split(" ", 2).join(" ")} ${name}: it is a URL, expected a file. Download it first, for example by curl -LO.`,
  );
}

/** Where the bytes really go, with links followed. Throws unless a file may be put there. */
async function replaceable(path: string, action: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return resolve(path);
  if (found.isDirectory()) throw new FileError(`${action}: it is a folder. Add a file name.`);
  if (!found.isFile()) throw new FileError(`${action}: it is a device or a pipe, expected a file.`);
  await access(path, constants.W_OK);
  return realpath(path);
}

const REASONS: Record<string, string> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than this system allows",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open",
  ELOOP: "its symbolic links go in a circle",
};

async function explained(error: unknown, action: string, path: string): Promise<FileError> {
  if (error instanceof FileError) return error;
  const code = String((error as NodeJS.ErrnoException).code);
  if (code === "ENOENT" || code === "ENOTDIR") return new FileError(`${action}: ${await missingPart(path)}.`);
  return new FileError(`${action}: ${REASONS[code] ?? reason(error)}.`);
}

/** Which part of a path is missing: the first folder that does not exist, or the file itself. */
async function missingPart(path: string): Promise<string> {
  const full = resolve(path);
  let missing: string | undefined;
  for (let folder = dirname(full); ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined);
    if (found && !found.isDirectory()) return `${folder} is a file, expected a folder`;
    if (found) break;
    missing = folder;
  }
  return missing ? `the folder ${missing} does not exist, create it first` : `there is no file ${full}`;
}
