// What torch.save wrote before version 1.6: pickles one after the other (a magic number, a version, the machine, the
// value, the storages' names), then the storages' numbers. Source: torch/serialization.py (_legacy_save, _legacy_load).
import { FileError } from "../../cells/errors.js";
import { quotable } from "../file-errors.js";
import { unpickleFirst } from "./pickle.js";
import type { PickleHost, PickleValue } from "./pickle-machine.js";
import { bytesEach, TORCH_HOST, TorchStorage } from "./torch-tensor.js";

/** How its first pickle goes on after its protocol: the integer 0x1950a86a20f9469cfc6c. */
const MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const PROTO = 0x80;
const PROTO_BYTES = 2;
/** Later protocols say first how long the pickle is. */
const FRAME = 0x95;
const FRAME_BYTES = 9;
const COUNT_BYTES = 8;

/** A value, and the bytes of its storages by their names. */
export interface LegacyFile {
  readonly value: PickleValue;
  storage(key: string): Uint8Array;
}

/** Whether these bytes are such a file: its magic number is a pickle of its own. */
export function isLegacy(bytes: Uint8Array): boolean {
  const start = bytes[PROTO_BYTES] === FRAME ? PROTO_BYTES + FRAME_BYTES : PROTO_BYTES;
  return bytes[0] === PROTO && MAGIC.every((byte, i) => bytes[start + i] === byte);
}

/** @throws FileError, naming `where`, for a file that is cut short, or asks for more than plain values and tensors */
export function openLegacy(bytes: Uint8Array, where: string): LegacyFile {
  const kinds = new Map<string, string>();
  const host: PickleHost = {
    ...TORCH_HOST,
    persistent(id) {
      const found = TORCH_HOST.persistent(id);
      if (found instanceof TorchStorage) kinds.set(found.key, found.kind);
      return found;
    },
  };
  let at = 0;
  const next = () => {
    const { value, end } = unpickleFirst(bytes.subarray(at), host, where);
    at += end;
    return value;
  };
  next(); // the magic number
  next(); // the version, 1001 ever since
  const machine = next();
  if (machine instanceof Map && machine.get("little_endian") === false) {
    throw new FileError(`${where} was written on a big-endian machine. Save it on another one.`);
  }
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new FileError(`${where} lists no storages after its value. Get it again.`);
  const storages = storagesAfter({ bytes: bytes.subarray(at), keys, kinds }, where);
  const storage = (key: string) => {
    const found = storages.get(key);
    if (found) return found;
    throw new FileError(`${where} has no storage ${quotable(key)} inside. Get it again.`);
  };
  return { value, storage };
}

/** Views of the storages: for each name a count of 64 bits, then so many numbers. */
function storagesAfter(
  rest: { bytes: Uint8Array; keys: readonly unknown[]; kinds: ReadonlyMap<string, string> },
  where: string,
): Map<string, Uint8Array> {
  const { bytes, keys, kinds } = rest;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const storages = new Map<string, Uint8Array>();
  let at = 0;
  for (const key of keys) {
    const kind = kinds.get(`${key}`);
    if (typeof key !== "string" || kind === undefined) {
      throw new FileError(`${where} lists a storage that its value does not name. Get it again.`);
    }
    const left = bytes.length - at;
    const count = left < COUNT_BYTES ? 0 : Number(view.getBigUint64(at, true));
    const size = COUNT_BYTES + count * bytesEach(kind);
    if (size > left) throw new FileError(`${where} is cut short: expected ${size} more bytes, got ${left}.`);
    storages.set(key, bytes.subarray(at + COUNT_BYTES, at + size));
    at += size;
  }
  return storages;
}
