// One rule of those that a file holds: the only one, or the one that the caller names. What is no rule of two dense
// layers is refused with what it has, and a file with layers that the rule would leave out as well.
import { FileError } from "../../cells/errors.js";
import { MAX_CHANNELS, MAX_HIDDEN, MIN_CHANNELS } from "../../rule/spec.js";
import { quotable } from "../file-errors.js";
import { type FoundModel, findModels, isUsable, OPTIMIZER } from "./find.js";
import { matricesOf, type StateTensor, type Tensors } from "./matrices.js";

const MOST_LISTED = 4;
/** Sides of a shape that an error shows. */
const MOST_SIDES = 8;

/** A tensor's name and shape, for an error. */
const described = (name: string, { shape }: StateTensor) =>
  `"${quotable(name)}" [${shape.slice(0, MOST_SIDES)}]`;

function listed(items: readonly string[]): string {
  return `${items.slice(0, MOST_LISTED).join(", ")}${items.length > MOST_LISTED ? ", ..." : ""}`;
}

/**
 * The rule's layers among a file's tensors.
 *
 * @param wanted the name of one of several, as the error lists them: what its tensors' names start with, or the name of
 *   its first layer's weights
 * @throws FileError, naming `where`, where there are none, several and none wanted, or more layers than two
 */
export function chooseModel(tensors: Tensors, where: string, wanted?: string): FoundModel {
  const all = findModels(tensors);
  const found = all.filter(isUsable);
  if (found.length === 0) throw noModel(tensors, all, where);
  const names = namesOf(found);
  const exact = found.filter(({ name, first }, i) =>
    [names[i], name, first.name].includes(wanted ?? names[i]),
  );
  const within = found.filter(({ name }) => name.startsWith(`${wanted}.`));
  const chosen = exact.length > 0 ? exact : within;
  if (chosen.length !== 1) {
    const got = wanted === undefined ? "several models" : `no one model "${quotable(wanted)}"`;
    const list = listed(names.map((name) => `"${quotable(name)}"`));
    throw new FileError(
      `${where} holds ${got}: it has ${list}; say which: { model: "${quotable(names[0])}" }, or --submodel of convert.`,
    );
  }
  refuseMore(chosen[0], tensors, where);
  return chosen[0];
}

/** Short names where these tell the models apart, else those of their first layers' weights. */
function namesOf(found: readonly FoundModel[]): string[] {
  const short = shortNames(found);
  return new Set(short).size === short.length ? short : found.map(({ first }) => first.name);
}

/** The names without what all of them end with, so that they are ema and model, not ema.layers and model.layers. */
function shortNames(found: readonly FoundModel[]): string[] {
  let parts = found.map(({ name }) => name.split("."));
  while (parts.every((one) => one.length > 1 && one.at(-1) === parts[0].at(-1))) {
    parts = parts.map((one) => one.slice(0, -1));
  }
  return parts.map((one) => one.join(".") || ".");
}

function noModel(tensors: Tensors, all: readonly FoundModel[], where: string): FileError {
  if (all.length > 0) {
    const [{ first, channels, hidden }] = all;
    return new FileError(
      `${where} holds a rule of ${channels} channels and ${hidden} hidden units (${described(first.name, first.tensor)}); ` +
        `expected ${MIN_CHANNELS} to ${MAX_CHANNELS} channels and 1 to ${MAX_HIDDEN} hidden units.`,
    );
  }
  const some = listed([...tensors].map(([name, tensor]) => described(name, tensor)));
  return new FileError(
    `${where} holds no model of two layers: it has ${some || "no tensors"}; expected [hidden, 3 or 4 * channels] or ` +
      "[hidden, channels, 3, 3], and [channels, hidden]. Save model.state_dict() alone.",
  );
}

/**
 * A layer between the two, or a normalisation, would be left out without a word: both are refused. What has no side in
 * common with the rule's layers, and what lies beside another prefix, is something else.
 */
function refuseMore(model: FoundModel, tensors: Tensors, where: string): void {
  const { first, second, hidden, channels, name } = model;
  const own = new Set<StateTensor | undefined>([
    first.tensor,
    second.tensor,
    model.firstBias?.tensor,
    model.secondBias?.tensor,
  ]);
  const prefix = name === "" ? "" : `${name}.`;
  const elsewhere = findModels(tensors).filter((other) => other.first.tensor !== first.tensor);
  for (const [other, tensor] of tensors) {
    if (own.has(tensor) || !other.startsWith(prefix) || OPTIMIZER.test(other)) continue;
    if (elsewhere.some((one) => one.name !== "" && other.startsWith(`${one.name}.`))) continue;
    const isLayer = matricesOf(other, tensor).some(
      ({ inputs, outputs }) => inputs === hidden && (outputs === hidden || outputs === channels),
    );
    const lengths = [hidden, channels, first.inputs];
    const isNorm =
      /(^|\.)(running_var|weight|gamma|scale)$/.test(other) &&
      tensor.shape.length === 1 &&
      lengths.includes(tensor.shape[0]);
    if (!isLayer && !isNorm) continue;
    throw new FileError(
      `${where} has more than two dense layers: ${described(first.name, first.tensor)} and ` +
        `${described(second.name, second.tensor)}, and beside them ${described(other, tensor)}; expected two alone.`,
    );
  }
}
