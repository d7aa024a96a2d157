// The header of a safetensors file: eight bytes of length, then JSON that says where each tensor lies.
// Refuses whatever the format's own reader refuses. Source: https://github.com/huggingface/safetensors#format.
import { FileError } from "../../cells/errors.js";
import { cutShort } from "../file-errors.js";
import { countOf, isSizes } from "../shape.js";

export const METADATA = "__metadata__";
/** The header's length comes first, a little-endian 64-bit integer. */
export const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 100_000_000; // the limit of the format's own reader

/** The format's element types of whole bytes, and how many. */
const BYTES_EACH = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;
export type Dtype = keyof typeof BYTES_EACH;

/** One tensor: its numbers are the bytes `begin` up to `end`, counted from the end of the header. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes, which follow each other without holes up to the end of the file. */
  readonly entries: HeaderEntry[];
  readonly metadata: Record<string, string>;
  /** Where the first tensor starts in the file. */
  readonly start: number;
}

/** The checked header. @throws FileError when the file breaks a rule of the format or is cut short */
export function readHeader(bytes: Uint8Array, where: string): SafetensorsHeader {
  if (bytes.length < LENGTH_BYTES) throw cutShort(where, LENGTH_BYTES, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) throw broken(where, `its header claims ${length} bytes`);
  const start = LENGTH_BYTES + length;
  if (bytes.length < start) throw cutShort(where, start, bytes.length);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, start), where);
  const metadata = checkMetadata(header[METADATA], where);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => checkEntry(name, entry, where))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of entries) {
    const other = entry.begin < end ? "overlaps the one before it" : "leaves a hole before it";
    if (entry.begin !== end) throw broken(where, `${quoted(entry.name)} ${other}`);
    end = entry.end;
  }
  if (bytes.length < start + end) throw cutShort(where, start + end, bytes.length);
  if (bytes.length > start + end) throw broken(where, `expected ${start + end} bytes, got ${bytes.length}`);
  return { entries, metadata, start };
}

function parseHeader(bytes: Uint8Array, where: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw broken(where, "its header is no JSON in UTF-8");
  }
  if (bytes[0] !== 0x7b || !isObject(header)) throw broken(where, "its header is no JSON object");
  return header;
}

function checkMetadata(metadata: unknown, where: string): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isObject(metadata)) throw broken(where, "its metadata is no JSON object");
  const wrong = Object.keys(metadata).find((name) => typeof metadata[name] !== "string");
  if (wrong !== undefined) throw broken(where, `its metadata ${quoted(wrong)} is no string`);
  return metadata as Record<string, string>;
}

function checkEntry(name: string, entry: unknown, where: string): HeaderEntry {
  if (!isObject(entry)) throw broken(where, `${quoted(name)} is no JSON object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(BYTES_EACH, dtype)) {
    const readable = Object.keys(BYTES_EACH).join(", ");
    throw broken(where, `${quoted(name)} has numbers of type ${quoted(dtype)}, expected ${readable}`);
  }
  const count = isSizes(shape) ? countOf(shape) : undefined;
  if (count === undefined) throw broken(where, `${quoted(name)} has the shape ${quoted(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw broken(where, `${quoted(name)} has the offsets ${quoted(offsets)}`);
  }
  const [begin, end] = offsets;
  const expected = count * BYTES_EACH[dtype as Dtype];
  if (end - begin !== expected) {
    throw broken(where, `${quoted(name)} needs ${expected} bytes, its offsets give ${end - begin}`);
  }
  return { name, dtype: dtype as Dtype, shape: shape as number[], begin, end };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value from the file, for an error: at most 60 characters of it. */
function quoted(value: unknown): string {
  const flat = Array.isArray(value)
    ? value.map((item) => (isObject(item) || Array.isArray(item) ? "..." : item))
    : value;
  const text = isObject(flat) ? "{...}" : String(JSON.stringify(flat));
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function broken(where: string, what: string): FileError {
  return new FileError(`${where} is no usable safetensors file: ${what}.`);
}
