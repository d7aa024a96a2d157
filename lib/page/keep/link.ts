// A link that holds a scene and its seed, and a small rule in 8 bits where the scene has one of the visitor's own. What
// comes from a link is checked like a file that somebody sent.

import { deflateSync } from "fflate";
import { fromBase64, toBase64 } from "../../cells/base64.js";
import { checkInteger, checkRngSeed, InvalidInputError } from "../../cells/errors.js";
import { gridOf, gridText, specOf } from "../../io/checkpoint.js";
import { checkFinite, checkRule, PARAMETERS, type Parameters, type Rule } from "../../rule/rule.js";
import { type RuleSpec, specData } from "../../rule/spec.js";
import type { OwnRule } from "../offers.js";
import { parametersOf } from "../weights.js";
import { sentenceOf } from "../words.js";
import { inflated } from "./inflate.js";

/** What a link says. */
export interface Shared {
  /** One of the page's own scenes, by the names of its offer and variant. */
  readonly offer?: string;
  readonly variant?: string;
  readonly own?: OwnRule;
  readonly rngSeed: number;
  readonly side?: number;
  /** Radians. */
  readonly turn?: number;
}

const VERSION = "1";
const MOST_CHARACTERS = 200_000;
const MOST_BYTES = 2 ** 20;
const MOST_NAME = 40;
const MOST_SIZE = 256;
const MOST_SIDE = 256;
const LEVELS = 127;

function broken(why: string): InvalidInputError {
  return new InvalidInputError(
    `This link is damaged, or of a later version of the page: ask for it again (${why}).`,
  );
}

/** The rule as a link keeps it: each tensor in 255 levels between its extremes, or exactly where its numbers are levels. */
export function in8Bits(rule: Rule): Rule {
  return { ...rule, parameters: unpacked(packed(rule.parameters), rule.spec) };
}

interface Packed {
  readonly scales: readonly number[];
  readonly levels: Int8Array;
}

function packed(parameters: Parameters): Packed {
  const scales = PARAMETERS.map((name) => scaleOf(parameters[name]));
  const levels = PARAMETERS.flatMap((name, i) =>
    Array.from(parameters[name], (x) => (scales[i] === 0 ? 0 : Math.round(x / scales[i]))),
  );
  return { scales, levels: Int8Array.from(levels) };
}

/** Powers of two that a level may be worth, so that an automaton's weights stay what they are. */
const EXACT = Array.from({ length: 12 }, (_, k) => 2 ** (2 - k));

/** What a level is worth. */
function scaleOf(values: Float32Array): number {
  const most = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const exact = EXACT.find(
    (scale) => most <= LEVELS * scale && values.every((x) => Number.isInteger(x / scale)),
  );
  return exact ?? Math.fround(most / LEVELS);
}

function unpacked({ scales, levels }: Packed, spec: RuleSpec): Parameters {
  const parameters = parametersOf(Float32Array.from(levels), spec);
  for (const [i, name] of PARAMETERS.entries())
    for (let at = 0; at < parameters[name].length; at++) parameters[name][at] *= scales[i];
  return parameters;
}

const webSafe = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const unsafe = (text: string) => text.replaceAll("-", "+").replaceAll("_", "/");
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What is said of a rule beside its numbers. */
interface RuleHead {
  readonly name: string;
  readonly spec: string;
  readonly grid?: string;
  readonly scales: readonly number[];
  readonly size: number;
  readonly side: number;
  readonly isInfection: boolean;
}

/** The fragment of a link, without its #. */
export function encodeLink({ own, ...scene }: Shared): string {
  const numbers: Uint8Array[] = [];
  let head: RuleHead | undefined;
  if (own) {
    const { name, rule, drawing, side, isInfection } = own;
    const { size, data } = drawing;
    const { scales, levels } = packed(rule.parameters);
    const grid = rule.grid && gridText(rule.grid);
    head = { name, spec: JSON.stringify(specData(rule.spec)), grid, scales, size, side, isInfection };
    numbers.push(new Uint8Array(levels.buffer), new Uint8Array(data));
  }
  const text = bytesOf(JSON.stringify({ ...scene, own: head }));
  const length = new Uint8Array(new Uint32Array([text.length]).buffer);
  const all = Uint8Array.from([length, text, ...numbers].flatMap((part) => [...part]));
  return `${VERSION}${webSafe(toBase64(deflateSync(all, { level: 9 })))}`;
}

/** What a fragment says. Throws InvalidInputError for one that is damaged, or not one of ours. */
export function decodeLink(fragment: string): Shared {
  if (!fragment.startsWith(VERSION)) throw broken(`it does not begin with ${VERSION}`);
  if (fragment.length > MOST_CHARACTERS) throw broken(`it has ${fragment.length} characters`);
  try {
    const deflated = fromBase64(unsafe(fragment.slice(VERSION.length)));
    return readLink(inflated(deflated, MOST_BYTES));
  } catch (error) {
    throw broken(sentenceOf(error));
  }
}

function readLink(bytes: Uint8Array): Shared {
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const { own, ...scene } = JSON.parse(textOf(bytes.subarray(4, 4 + length))) as Omit<Shared, "own"> & {
    own?: RuleHead;
  };
  const { offer, variant, rngSeed, side, turn } = scene;
  for (const name of [offer, variant])
    if (name !== undefined && typeof name !== "string") throw new InvalidInputError("it names no scene");
  checkRngSeed(rngSeed);
  if (side !== undefined) checkInteger("side", side, 1, MOST_SIDE);
  if (turn !== undefined && !(typeof turn === "number" && Math.abs(turn) <= Math.PI * 2))
    throw new InvalidInputError("it turns too far");
  return { offer, variant, rngSeed, side, turn, ...(own && { own: readRule(own, bytes.slice(4 + length)) }) };
}

function readRule(head: RuleHead, numbers: Uint8Array): OwnRule {
  const { name, scales, size, side, isInfection, grid } = head;
  const spec = specOf(head.spec, "The link");
  checkInteger("size", size, 1, MOST_SIZE);
  checkInteger("side", side, size, MOST_SIDE);
  const area = size * size * 4;
  const levels = new Int8Array(numbers.slice(0, Math.max(0, numbers.length - area)).buffer);
  const rule: Rule = {
    spec,
    parameters: unpacked({ scales, levels }, spec),
    ...(grid && { grid: gridOf(grid, "The link") }),
  };
  checkRule(rule);
  checkFinite(rule.parameters);
  if (Math.max(rule.grid?.height ?? 1, rule.grid?.width ?? 1) > MOST_SIDE)
    throw new InvalidInputError("its rule grows on too large a grid");
  const data = new Uint8ClampedArray(numbers.slice(numbers.length - area));
  return {
    name: `${name}`.slice(0, MOST_NAME),
    rule,
    drawing: { size, data },
    side,
    isInfection: isInfection === true,
  };
}
