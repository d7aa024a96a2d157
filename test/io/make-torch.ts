// Builds PyTorch checkpoints by hand, opcode by opcode, so that tests can break every part of one.
import { type Zippable, zipSync } from "fflate";

/** Opcodes and their arguments. */
export type Pickle = readonly number[];

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const uint32 = (n: number) => [...new Uint8Array(Uint32Array.of(n).buffer)];

export const PROTO: Pickle = [0x80, 2];
export const STOP: Pickle = [0x2e];
export const MARK: Pickle = [0x28];
export const text = (value: string): Pickle => [0x58, ...uint32(bytesOf(value).length), ...bytesOf(value)];
export const int = (value: number): Pickle => [0x4a, ...uint32(value)];
export const tuple = (...items: Pickle[]): Pickle => [...MARK, ...items.flat(), 0x74];
export const list = (...items: Pickle[]): Pickle => [0x5d, ...MARK, ...items.flat(), 0x65];
export const dict = (...entries: [Pickle, Pickle][]): Pickle => [0x7d, ...MARK, ...entries.flat(2), 0x75];
export const global = (module: string, name: string): Pickle => [0x63, ...bytesOf(`${module}\n${name}\n`)];
export const call = (callee: Pickle, ...args: Pickle[]): Pickle => [...callee, ...tuple(...args), 0x52];
export const whole = (value: Pickle): Uint8Array => Uint8Array.from([...PROTO, ...value, ...STOP]);

export interface TensorParts {
  readonly shape: readonly number[];
  readonly stride?: readonly number[];
  readonly offset?: number;
  /** Numbers in the storage. */
  readonly count: number;
  readonly key?: string;
  readonly kind?: string;
}

export function storage({ kind = "FloatStorage", key = "0", count }: TensorParts): Pickle {
  return [...tuple(text("storage"), global("torch", kind), text(key), text("cpu"), int(count)), 0x51];
}

/** A tensor, its numbers side by side unless told otherwise. */
export function tensor(parts: TensorParts): Pickle {
  const { shape, offset = 0 } = parts;
  const stride = parts.stride ?? shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  return call(
    global("torch._utils", "_rebuild_tensor_v2"),
    storage(parts),
    int(offset),
    tuple(...shape.map(int)),
    tuple(...stride.map(int)),
    [0x89],
    call(global("collections", "OrderedDict")),
  );
}

/** A rule of 4 channels and 2 hidden units; each tensor can be replaced. */
export const SHAPES: Record<string, number[]> = {
  "model.0.weight": [2, 4, 3, 3],
  "model.0.bias": [2],
  "model.2.weight": [4, 2, 1, 1],
  "model.2.bias": [4],
};

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

export function stateDict(replaced: Record<string, Partial<TensorParts>> = {}): Pickle {
  const entries = Object.entries(SHAPES).map(([name, shape], i): [Pickle, Pickle] => [
    text(name),
    tensor({ shape, count: sizeOf(shape), key: `${i}`, ...replaced[name] }),
  ]);
  return dict(...entries);
}

/** Storages of that rule: each tensor counts up from 0 in steps of 1/8. */
export function storages(): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.values(SHAPES).map((shape, i) => {
      const numbers = Float32Array.from({ length: sizeOf(shape) }, (_, n) => n / 8);
      return [`${i}`, new Uint8Array(numbers.buffer)];
    }),
  );
}

/** The zip around it, stored as torch does, or compressed with another level. */
export function torchFile(
  pickle: Uint8Array,
  data: Record<string, Uint8Array> = storages(),
  { level = 0, more = {} as Record<string, Uint8Array> } = {},
): Uint8Array {
  const files: Zippable = { "archive/data.pkl": pickle, ...more };
  for (const [key, bytes] of Object.entries(data)) files[`archive/data/${key}`] = bytes;
  return zipSync(files, { level: level as 0 });
}
