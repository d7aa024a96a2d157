// Python's and numpy's plain values that trainings save beside their tensors: each becomes the plain value it stands for.
// What is not listed here a pickle may not have: a Namespace, a module, any class of anyone's own.
import { NumpyArray, numpyKind, numpyScalar } from "./numpy.js";
import { isTuple, type PickleValue } from "./pickle-machine.js";

/** A Python name that a pickle may ask for. */
export class PythonName {
  constructor(readonly name: string) {}
  toString(): string {
    return this.name;
  }
}

type Call = (args: readonly PickleValue[]) => PickleValue | undefined;

/** Encodes as Python 2 wrote bytes: a text of their codes. */
const encoded: Call = ([text, encoding]) =>
  typeof text === "string" && encoding === "latin1"
    ? Uint8Array.from(text, (letter) => letter.charCodeAt(0))
    : undefined;
const emptyDict: Call = (args) => (args.length === 0 ? new Map() : undefined);
const dictOf: Call = ([dict]) => (dict instanceof Map ? dict : new Map());
const itemsOf: Call = ([items]) => (Array.isArray(items) ? items : []);
const textOf: Call = (args) =>
  args.every((part) => typeof part === "string" || typeof part === "number") ? args.join(":") : undefined;
const arrayOf: Call = (args) => (isTuple(args[1]) ? new NumpyArray() : undefined);

function arrayFrom([bytes, kind, shape, order]: readonly PickleValue[]): NumpyArray | undefined {
  const array = new NumpyArray();
  return order !== "F" && array.fill(shape, kind, bytes) ? array : undefined;
}

/** What a call of each name gives; undefined for arguments that it may not have. */
const CALLS: Record<string, Call> = {
  "collections.OrderedDict": emptyDict,
  "collections.defaultdict": () => new Map(),
  "collections.Counter": dictOf,
  "builtins.set": itemsOf,
  "__builtin__.set": itemsOf,
  "torch.device": textOf,
  "torch.Size": itemsOf,
  "_codecs.encode": encoded,
  "numpy.dtype": numpyKind,
  "numpy.core.multiarray.scalar": numpyScalar,
  "numpy._core.multiarray.scalar": numpyScalar,
  "numpy.core.multiarray._reconstruct": arrayOf,
  "numpy._core.multiarray._reconstruct": arrayOf,
  "numpy.core.numeric._frombuffer": arrayFrom,
  "numpy._core.numeric._frombuffer": arrayFrom,
};
/** Names that are values themselves. */
const VALUES = [
  "numpy.ndarray",
  "builtins.dict",
  "builtins.list",
  "builtins.int",
  "builtins.float",
  "__builtin__.dict",
  "__builtin__.list",
  "__builtin__.int",
  "__builtin__.float",
  "torch.float32",
  "torch.float64",
  "torch.float16",
  "torch.bfloat16",
  "torch.int64",
  "torch.int32",
  "torch.uint8",
  "torch.bool",
];
const NAMES = new Map([...Object.keys(CALLS), ...VALUES].map((name) => [name, new PythonName(name)]));

/** The name, if it is one of a plain value. */
export function plainGlobal(module: string, name: string): PythonName | undefined {
  return NAMES.get(`${module}.${name}`);
}

/** The plain value that a call gives; undefined for what is none. */
export function plainCall(callee: PickleValue, args: readonly PickleValue[]): PickleValue | undefined {
  if (!(callee instanceof PythonName) || NAMES.get(callee.name) !== callee) return undefined;
  return Object.hasOwn(CALLS, callee.name) ? CALLS[callee.name](args) : undefined;
}
