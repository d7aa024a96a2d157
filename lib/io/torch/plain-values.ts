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

/** A text such as cuda:0 is of a part or two. */
const MAX_PARTS = 8;
const MAX_PART_LETTERS = 64;

/** `spend` is told of bytes before they are made: arguments may be one large text, again and again. */
type Call = (args: readonly PickleValue[], spend: (bytes: number) => void) => PickleValue | undefined;

/** Encodes as Python 2 wrote bytes: a text of their codes. */
function encoded([text, encoding]: readonly PickleValue[], spend: (bytes: number) => void) {
  if (typeof text !== "string" || encoding !== "latin1") return undefined;
  spend(text.length);
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
const emptyDict: Call = (args) => (args.length === 0 ? new Map() : undefined);
const dictOf: Call = ([dict]) => (dict instanceof Map ? dict : new Map());
const itemsOf: Call = ([items]) => (Array.isArray(items) ? items : []);

function textOf(args: readonly PickleValue[], spend: (bytes: number) => void): string | undefined {
  if (args.length > MAX_PARTS || !args.every(isPart)) return undefined;
  const text = args.join(":");
  spend(text.length);
  return text;
}

const isPart = (part: PickleValue) =>
  typeof part === "number" || (typeof part === "string" && part.length <= MAX_PART_LETTERS);
const arrayOf: Call = (args) => (isTuple(args[1]) ? new NumpyArray() : undefined);

function arrayFrom([bytes, kind, shape, order]: readonly PickleValue[]): NumpyArray | undefined {
  const array = new NumpyArray();
  return array.fill(shape, kind, bytes, order === "F") ? array : undefined;
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
export function plainCall(
  callee: PickleValue,
  args: readonly PickleValue[],
  spend: (bytes: number) => void,
): PickleValue | undefined {
  if (!(callee instanceof PythonName) || NAMES.get(callee.name) !== callee) return undefined;
  return Object.hasOwn(CALLS, callee.name) ? CALLS[callee.name](args, spend) : undefined;
}
