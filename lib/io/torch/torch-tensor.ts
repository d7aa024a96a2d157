// What PyTorch puts into a pickle in place of a tensor: where its numbers lie in the archive, and in which order.
// Source: torch/_utils.py (_rebuild_tensor_v2) and torch/serialization.py (persistent_id).
import { FileError } from "../../cells/errors.js";
import { BFLOAT16, FLOAT16, FLOAT32, FLOAT64, type FloatKind } from "../floats.js";
import { countOf, placeOf } from "../shape.js";
import { numpyBuild } from "./numpy.js";
import { isTuple, type PickleHost, type PickleValue } from "./pickle-machine.js";
import { PythonName, plainCall, plainGlobal } from "./plain-values.js";

/** Kinds of storage: bytes of a number, and how it is read where weights may be of that kind. */
const STORAGES: Record<string, { bytes: number; read?: FloatKind["read"] }> = {
  FloatStorage: FLOAT32,
  DoubleStorage: FLOAT64,
  HalfStorage: FLOAT16,
  BFloat16Storage: BFLOAT16,
  LongStorage: { bytes: 8 },
  IntStorage: { bytes: 4 },
  ShortStorage: { bytes: 2 },
  CharStorage: { bytes: 1 },
  ByteStorage: { bytes: 1 },
  BoolStorage: { bytes: 1 },
};

/** Bytes of a number in a kind of storage. */
export const bytesEach = (kind: string): number => STORAGES[kind].bytes;

const REBUILD_TENSOR = new PythonName("torch._utils._rebuild_tensor_v2");
const REBUILD_PARAMETER = new PythonName("torch._utils._rebuild_parameter");
const STORAGE_NAMES = Object.keys(STORAGES).map((name) => new PythonName(`torch.${name}`));
const NAMES = new Map(
  [REBUILD_TENSOR, REBUILD_PARAMETER, ...STORAGE_NAMES].map((known) => [known.name, known]),
);

/** Numbers in one file of the archive. */
export class TorchStorage {
  constructor(
    readonly kind: string,
    readonly key: string,
    readonly count: number,
  ) {}
  toString(): string {
    return "a storage";
  }
}

/** A view of a storage: number [i, j, ...] is at offset + i * stride[0] + j * stride[1] + ... */
export class TorchTensor {
  constructor(
    readonly storage: TorchStorage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly stride: readonly number[],
  ) {}
  toString(): string {
    return `a tensor [${this.shape}]`;
  }
}

/**
 * All that a PyTorch pickle may ask for here: storages, tensors and parameters, and the plain values of Python and numpy
 * that trainings save beside them.
 */
export const TORCH_HOST: PickleHost = {
  global: (module, name) => NAMES.get(`${module}.${name}`) ?? plainGlobal(module, name),
  call(callee, args, spend) {
    if (callee === REBUILD_TENSOR) return tensorOf(args);
    if (callee === REBUILD_PARAMETER && args[0] instanceof TorchTensor) return args[0];
    return plainCall(callee, args, spend);
  },
  persistent(id) {
    // before version 1.6 a sixth item told whether this is part of another storage
    if (!isTuple(id) || !(id.length === 5 || (id.length === 6 && id[5] === null))) return undefined;
    const [tag, kind, key, device, count] = id;
    const known = kind instanceof PythonName && STORAGE_NAMES.includes(kind);
    if (
      tag !== "storage" ||
      !known ||
      typeof key !== "string" ||
      typeof device !== "string" ||
      !isSize(count)
    ) {
      return undefined;
    }
    return new TorchStorage(kind.name.slice("torch.".length), key, count);
  },
  build: numpyBuild,
};

const isSize = (value: PickleValue): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function tensorOf([storage, offset, shape, stride]: readonly PickleValue[]): TorchTensor | undefined {
  if (!(storage instanceof TorchStorage) || !isSize(offset) || !isTuple(shape) || !isTuple(stride))
    return undefined;
  if (countOf(shape as number[]) === undefined || !stride.every(isSize)) return undefined;
  return shape.length === stride.length
    ? new TorchTensor(storage, offset, shape as number[], stride as number[])
    : undefined;
}

/**
 * The numbers of a tensor, row by row.
 *
 * @param bytes of its storage
 * @param what the tensor's name, for errors
 * @throws FileError for numbers that are not floats, a storage of another size, or a view that leaves it
 */
export function numbersOf(tensor: TorchTensor, bytes: Uint8Array, what: string): Float32Array {
  const { storage, offset, shape, stride } = tensor;
  const { bytes: each, read } = STORAGES[storage.kind];
  if (!read) throw new FileError(`${what} is of kind ${storage.kind}, expected numbers with a fraction.`);
  if (bytes.length !== storage.count * each) {
    throw new FileError(`${what} needs a storage of ${storage.count * each} bytes, got ${bytes.length}.`);
  }
  const numbers = new Float32Array(countOf(shape) ?? 0);
  const last = shape.reduce((at, side, axis) => at + (side - 1) * stride[axis], offset);
  if (numbers.length > 0 && last >= storage.count) {
    throw new FileError(`${what} reaches number ${last} of its storage, which holds ${storage.count}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = read(view, (offset + placeOf(i, shape, stride)) * each);
  }
  return numbers;
}
