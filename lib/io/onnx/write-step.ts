// A CA step as ONNX's operators, on states [N, C, H, W]: the rule as lib/tensor/ops.ts writes it down, node by node.
import { filtersOf } from "../../rule/filters.js";
import type { Rule } from "../../rule/rule.js";
import type { RuleSpec } from "../../rule/spec.js";
import { reversed } from "../layers/reversed.js";
import { node, TO_FLOAT, tensor } from "./write-messages.js";

/** Names of the values that a step takes and gives. */
export interface StepValues {
  readonly state: string;
  readonly coins: string;
  readonly next: string;
}

/** 2^63 - 1 as near as a number comes: an end beyond any grid. */
const END = Number.MAX_SAFE_INTEGER;
const EDGES = { last: [-1, END], first: [0, 1] } as const;
const ROWS = 2;
const COLUMNS = 3;

/** Filters that are not the cell itself, by name: these are convolutions, the same for every channel. */
function gradientsOf({ perception, angle }: RuleSpec): [string, Float32Array][] {
  const names = ["gradient_x", "gradient_y", "laplacian"];
  const [, ...others] = filtersOf(perception, angle);
  return others.map((filter, i) => [names[i], filter]);
}

/**
 * The rule's numbers: hidden.weight [D, P, 1, 1], or [D, C, 3, 3] for a learned convolution, hidden.bias [D],
 * update.weight [C, D, 1, 1], update.bias [C], in the order of a PyTorch state dict; filters [C, 1, 3, 3]; which
 * channel makes a cell alive.
 */
export function stepConstants({ spec, parameters }: Rule): Uint8Array[] {
  const { channels, hidden } = spec;
  const { w1, b1, w2, b2 } = parameters;
  const features = w1.length / hidden;
  const isLearned = spec.perception === "neighbourhood";
  const filters = isLearned ? [] : gradientsOf(spec);
  const each = (filter: Float32Array) => Float32Array.from({ length: 9 * channels }, (_, i) => filter[i % 9]);
  return [
    isLearned
      ? tensor("hidden.weight", [hidden, channels, 3, 3], reversed(w1, 9, channels, hidden))
      : tensor("hidden.weight", [hidden, features, 1, 1], reversed(w1, 1, features, hidden)),
    tensor("hidden.bias", [hidden], b1),
    tensor("update.weight", [channels, hidden, 1, 1], reversed(w2, 1, hidden, channels)),
    tensor("update.bias", [channels], b2),
    ...filters.map(([name, filter]) => tensor(`${name}.weight`, [channels, 1, 3, 3], each(filter))),
    ...inputConstants(spec),
    ...aliveConstants(spec),
    ...edgeConstants(spec),
  ];
}

/** Which channels an update changes and which outlive a cell's death, where some are inputs. */
function inputConstants({ inputs, channels, aliveMask }: RuleSpec): Uint8Array[] {
  if (inputs.length === 0) return [];
  const isInput = Uint8Array.from({ length: channels }, (_, channel) => Number(inputs.includes(channel)));
  const shape = [1, channels, 1, 1];
  const changes = tensor(
    "changes",
    shape,
    Float32Array.from(isInput, (input) => 1 - input),
  );
  return aliveMask === "none" ? [changes] : [changes, tensor("is_input", shape, isInput)];
}

function aliveConstants({ aliveMask, aliveChannel, aliveThreshold }: RuleSpec): Uint8Array[] {
  if (aliveMask === "none") return [];
  return [
    tensor("alive.channel", [1], [aliveChannel]),
    tensor("alive.threshold", [], Float32Array.of(aliveThreshold)),
  ];
}

function edgeConstants({ boundary }: RuleSpec): Uint8Array[] {
  if (boundary === "zero") return [];
  const ends = Object.entries(EDGES).flatMap(([name, [from, to]]) => [
    tensor(`${name}.from`, [1], [from]),
    tensor(`${name}.to`, [1], [to]),
  ]);
  return [...ends, tensor("rows", [1], [ROWS]), tensor("columns", [1], [COLUMNS])];
}

/** x' = (x + coins * dx) * life */
export function stepNodes(spec: RuleSpec, { state, coins, next }: StepValues): Uint8Array[] {
  const wrapped = spec.boundary === "torus" ? rim(state) : { nodes: [], around: state };
  const fired = spec.inputs.length > 0 ? "fired_changes" : "fired";
  const changed = spec.aliveMask === "none" ? next : "changed";
  return [
    ...wrapped.nodes,
    ...perceptionNodes(spec, state, wrapped.around),
    node("Relu", ["hidden"], "active"),
    node("Conv", ["active", "update.weight", "update.bias"], "dx"),
    node("Mul", ["dx", coins], "fired"),
    ...(spec.inputs.length > 0 ? [node("Mul", ["fired", "changes"], fired)] : []),
    node("Add", [state, fired], changed),
    ...lifeNodes(spec, state, changed, next),
  ];
}

/** A 3x3 window: outside is zero (for a maximum: nothing), unless a rim of the opposite edge is there already. */
const windowOf = ({ boundary }: RuleSpec) => ({
  kernel_shape: [3, 3],
  pads: boundary === "torus" ? [0, 0, 0, 0] : [1, 1, 1, 1],
});

/** Up to the hidden layer before its activation: a learned convolution, or fixed filters and a dense layer. */
function perceptionNodes(spec: RuleSpec, state: string, around: string): Uint8Array[] {
  const dense = (input: string, attributes = {}) =>
    node("Conv", [input, "hidden.weight", "hidden.bias"], "hidden", attributes);
  if (spec.perception === "neighbourhood") return [dense(around, windowOf(spec))];
  const names = gradientsOf(spec).map(([name]) => name);
  const each = { ...windowOf(spec), group: spec.channels };
  return [
    ...names.map((name) => node("Conv", [around, `${name}.weight`], name, each)),
    node("Concat", [state, ...names], "perception", { axis: 1 }),
    dense("perception"),
  ];
}

/** The state, or one channel of it, with a rim of one cell from the opposite edges. */
function rim(name: string) {
  const edge = (of: string, end: keyof typeof EDGES, axis: "rows" | "columns") =>
    node("Slice", [of, `${end}.from`, `${end}.to`, axis], `${of}_${end}_${axis}`);
  const around = (of: string, axis: "rows" | "columns", result: string) => [
    edge(of, "last", axis),
    edge(of, "first", axis),
    node("Concat", [`${of}_last_${axis}`, of, `${of}_first_${axis}`], result, {
      axis: axis === "rows" ? ROWS : COLUMNS,
    }),
  ];
  const nodes = [
    ...around(name, "rows", `${name}_tall`),
    ...around(`${name}_tall`, "columns", `${name}_around`),
  ];
  return { nodes, around: `${name}_around` };
}

/** Which cells of a state live, [N, 1, H, W]: the value `${name}_alive`. */
function aliveNodes(spec: RuleSpec, state: string, name: string): Uint8Array[] {
  const channel = `${name}_channel`;
  const wrapped =
    spec.boundary === "torus" && spec.aliveReach !== "cell" ? rim(channel) : { nodes: [], around: channel };
  const most = spec.aliveReach === "cell" ? channel : `${name}_most`;
  return [
    node("Gather", [state, "alive.channel"], channel, { axis: 1 }),
    ...wrapped.nodes,
    ...(most === channel ? [] : [node("MaxPool", [wrapped.around], most, windowOf(spec))]),
    node("Greater", [most, "alive.threshold"], `${name}_alive`),
  ];
}

/** The state after the masks: cells that are not alive are emptied, but for their inputs. */
function lifeNodes(spec: RuleSpec, state: string, changed: string, next: string): Uint8Array[] {
  if (spec.aliveMask === "none") return [];
  const isTwice = spec.aliveMask === "pre-and-post";
  const life = isTwice ? "alive" : "pre_alive";
  const kept = spec.inputs.length > 0 ? "kept" : life;
  return [
    ...aliveNodes(spec, state, "pre"),
    ...(isTwice
      ? [...aliveNodes(spec, changed, "post"), node("And", ["pre_alive", "post_alive"], life)]
      : []),
    ...(kept === life ? [] : [node("Or", [life, "is_input"], kept)]),
    node("Cast", [kept], "life", { to: TO_FLOAT }),
    node("Mul", [changed, "life"], next),
  ];
}
