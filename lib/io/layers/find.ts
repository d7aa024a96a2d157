// The two dense layers of a rule among the named tensors of a file, found by their shapes: whatever the model calls
// them, and whatever else lies beside them (buffers, an optimizer's state, other models).
import { MAX_CHANNELS, MAX_HIDDEN, MIN_CHANNELS } from "../../rule/spec.js";
import { type Matrix, matricesOf, type StateTensor, type Tensors } from "./matrices.js";

/** Filters that a fixed perception may have: identity, two gradients and perhaps the Laplacian; or nine places. */
const FILTERS = [3, 4, 9];
const MAX_NAME = 200;
/** Far above the tensors of any rule; a file with more is looked at in part, so that none takes long. */
const MAX_MATRICES = 512;

export interface NamedTensor {
  readonly name: string;
  readonly tensor: StateTensor;
}

/** A rule's layers, as they lie in the file. */
export interface FoundModel {
  /** What the names of its tensors share, such as ema or ema.layers; empty if nothing. */
  readonly name: string;
  readonly first: Matrix;
  readonly second: Matrix;
  /** Missing where the layer has none: it is zero. */
  readonly firstBias?: NamedTensor;
  readonly secondBias?: NamedTensor;
  readonly channels: number;
  readonly hidden: number;
  /** K: features of each channel, 9 for a learned convolution. */
  readonly filters: number;
}

/** Names of an optimizer's tensors, which are shaped like the weights that it trains. Source: torch/optim. */
export const OPTIMIZER =
  /(^|\.)(exp_avg\w*|max_exp_avg_sq|exp_inf|momentum_buffer|square_avg|grad_avg|acc_delta|sum|grad)$|\.\d+\.(ax|prev|step_size)$/;

const partsOf = (name: string) => name.split(/[./]/);

/** The parts that two names start with, at most all but the last. */
function shared(one: string, other: string): string[] {
  const [a, b] = [partsOf(one).slice(0, -1), partsOf(other).slice(0, -1)];
  const end = a.findIndex((part, i) => part !== b[i]);
  return end < 0 ? a : a.slice(0, end);
}

/** The channels of a rule whose layers these are; undefined where they are not. */
function channelsOf(first: Matrix, second: Matrix): number | undefined {
  const channels = second.outputs;
  const features = first.inputs * first.places;
  const fits =
    first.tensor !== second.tensor &&
    second.places === 1 &&
    first.outputs === second.inputs &&
    // a matrix of two sides can be read both ways; both of a model are of one kind
    (first.tensor.shape.length !== second.tensor.shape.length || first.outputsFirst === second.outputsFirst);
  if (!fits || !FILTERS.some((filters) => features === filters * channels)) return undefined;
  return features === 9 * channels || first.places === 1 ? channels : undefined;
}

/** Every rule of two layers in a file, in the order of their first layers; sizes beyond what a rule may have too. */
export function findModels(tensors: Tensors): FoundModel[] {
  const matrices = [...tensors]
    .filter(([name]) => name.length <= MAX_NAME && !OPTIMIZER.test(name))
    .flatMap(([name, tensor]) => matricesOf(name, tensor))
    .slice(0, MAX_MATRICES);
  const pairs = matrices.flatMap((first) =>
    matrices.flatMap((second) => {
      const channels = channelsOf(first, second);
      return channels === undefined
        ? []
        : [{ first, second, channels, near: shared(first.name, second.name).length }];
    }),
  );
  const nearest = (key: "first" | "second") => {
    const best = new Map<StateTensor, number>();
    for (const pair of pairs) {
      const { tensor } = pair[key];
      best.set(tensor, Math.max(best.get(tensor) ?? 0, pair.near));
    }
    return best;
  };
  const [ofFirst, ofSecond] = [nearest("first"), nearest("second")];
  const taken = new Set<StateTensor>();
  return pairs.flatMap(({ first, second, channels, near }) => {
    const isNearest = near === ofFirst.get(first.tensor) && near === ofSecond.get(second.tensor);
    if (!isNearest || taken.has(first.tensor) || taken.has(second.tensor)) return [];
    taken.add(first.tensor).add(second.tensor);
    return [modelOf({ first, second, channels }, tensors)];
  });
}

function modelOf(pair: Pick<FoundModel, "first" | "second" | "channels">, tensors: Tensors): FoundModel {
  const { first, second, channels } = pair;
  const bias = (matrix: Matrix) => biasOf(matrix, tensors);
  return {
    ...pair,
    name: shared(first.name, second.name).join("."),
    hidden: first.outputs,
    filters: (first.inputs * first.places) / channels,
    firstBias: bias(first),
    secondBias: bias(second),
  };
}

/** What a layer's bias may be called, by the name of its weights: its last part alone changes. */
function biasNames(name: string): string[] {
  const at = Math.max(name.lastIndexOf("."), name.lastIndexOf("/")) + 1;
  const [before, last] = [name.slice(0, at), name.slice(at)];
  const swaps: [RegExp, string][] = [
    [/^(weight|kernel)/, "bias"],
    [/weights?$/, "bias"],
    [/^w/, "b"],
    [/^W/, "B"],
  ];
  const swapped = swaps
    .filter(([from]) => from.test(last))
    .map(([from, to]) => before + last.replace(from, to));
  return /^\d+$/.test(last) ? [`${before}${Number(last) + 1}`] : swapped; // a list: the next of it
}

function biasOf({ name, tensor }: Matrix, tensors: Tensors): NamedTensor | undefined {
  for (const biasName of biasNames(name)) {
    const bias = tensors.get(biasName);
    // in a list what comes next may be another layer's weights
    if (bias && bias !== tensor && (bias.shape.length === 1 || !/(^|[./])\d+$/.test(biasName)))
      return { name: biasName, tensor: bias };
  }
  return undefined;
}

/** Whether the sizes are those that a rule may have. */
export function isUsable({ channels, hidden }: FoundModel): boolean {
  return channels >= MIN_CHANNELS && channels <= MAX_CHANNELS && hidden <= MAX_HIDDEN;
}
