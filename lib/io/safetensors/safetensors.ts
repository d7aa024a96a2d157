// The safetensors format: named arrays of numbers and a string map in one file, nothing executable. Strict: a file
// that breaks any rule of the format is refused, and reading never allocates more than the file holds.
// Runs in Node and in a browser. Source: https://github.com/huggingface/safetensors.
import { InvalidInputError } from "../../cells/errors.js";
import { BFLOAT16, FLOAT16, floatsOf } from "../floats.js";
import { countOf } from "../shape.js";
import { type Dtype, LENGTH_BYTES, METADATA, readHeader } from "./header.js";

export type TensorData =
  | Float32Array
  | Float64Array
  | Int32Array
  | BigInt64Array
  | Uint32Array
  | BigUint64Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/**
 * An array of numbers, row by row. `F32` is read as Float32Array, `I64` as BigInt64Array, and so on; `F16` and `BF16` as
 * Float32Array, `BOOL` and floats of 8 bits as the bytes that they are.
 */
export interface NamedTensor {
  readonly shape: number[];
  readonly data: TensorData;
}

export interface WritableTensor extends NamedTensor {
  readonly data: Float32Array | Uint32Array;
}

export interface Safetensors {
  readonly tensors: Record<string, NamedTensor>;
  readonly metadata: Record<string, string>;
}

/**
 * The bytes of a safetensors file: tensors in the order of their names, so equal contents give equal bytes.
 *
 * @throws InvalidInputError for a shape that does not fit its data, or a reserved name
 */
export function encodeSafetensors(
  tensors: Record<string, WritableTensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const names = Object.keys(tensors).sort();
  const members: string[] = [];
  if (Object.keys(metadata).length > 0) members.push(member(METADATA, metadataJson(metadata)));
  let end = 0;
  for (const name of names) {
    checkWritable(name, tensors[name]);
    const { shape, data } = tensors[name];
    const begin = end;
    end += data.byteLength;
    const dtype: Dtype = data instanceof Float32Array ? "F32" : "U32";
    members.push(member(name, JSON.stringify({ dtype, shape, data_offsets: [begin, end] })));
  }
  const header = new TextEncoder().encode(`{${members.join(",")}}`);
  const start = LENGTH_BYTES + Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 0, start); // the header is padded with spaces
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  bytes.set(header, LENGTH_BYTES);
  let at = start;
  for (const name of names) {
    const { data } = tensors[name];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors and the metadata in the bytes of a safetensors file. Every tensor is a copy.
 *
 * @param where what to call the file in an error, such as its path
 * @throws FileError for bytes that are cut short, too many, or break a rule of the format
 */
export function decodeSafetensors(bytes: Uint8Array, where: string): Safetensors {
  const { entries, metadata, start } = readHeader(bytes, where);
  const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, NamedTensor] => {
    const { buffer } = new Uint8Array(bytes.subarray(start + begin, start + end)); // not slice: a Buffer's is a view
    return [name, { shape, data: typed(dtype, buffer) }];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

/** The numbers in a buffer: the file is little-endian, as is every machine that runs WebAssembly at speed. */
function typed(dtype: Dtype, buffer: ArrayBuffer): TensorData {
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return new Float64Array(buffer);
    case "F16":
      return floatsOf(new Uint8Array(buffer), FLOAT16);
    case "BF16":
      return floatsOf(new Uint8Array(buffer), BFLOAT16);
    case "I64":
      return new BigInt64Array(buffer);
    case "U64":
      return new BigUint64Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "U32":
      return new Uint32Array(buffer);
    case "I16":
      return new Int16Array(buffer);
    case "U16":
      return new Uint16Array(buffer);
    case "I8":
      return new Int8Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}

function checkWritable(name: string, { shape, data }: WritableTensor): void {
  if (name === METADATA) throw new InvalidInputError(`A tensor cannot be named ${METADATA}: it is reserved.`);
  if (countOf(shape) === data.length) return;
  throw new InvalidInputError(`Tensor ${name} has shape [${shape}] but holds ${data.length} numbers.`);
}

/** One member of a JSON object. Built as text because an object would put number-like names first. */
function member(name: string, json: string): string {
  return `${JSON.stringify(name)}:${json}`;
}

function metadataJson(metadata: Record<string, string>): string {
  const names = Object.keys(metadata).sort();
  return `{${names.map((name) => member(name, JSON.stringify(String(metadata[name])))).join(",")}}`;
}
