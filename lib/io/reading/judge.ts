// Whether a rule lives: grown from a seed, does it make a bounded pattern, and does it hold? This is how readings of
// the same weights are told apart: a wrong one dies, explodes or fills the grid.
import { ALPHA, type Cells, emptyCells, RGBA, seedCells } from "../../cells/cells.js";
import { stateAt, statesAt } from "../../engine/grow.js";
import type { Rule } from "../../rule/rule.js";
import { isMature } from "../../rule/spec.js";

/** Sides of the grid: a picture of 40 cells and Distill's margin of 16; twice that where a pattern fills it. */
const SIZES = [72, 144];
/** After these CA steps the pattern is looked at; a rule that is lost is given up at the first of them. */
const GROWN = 96;
const MOMENTS = [24, 48, GROWN, 200, 400] as const;
const FEWEST_CELLS = 12;
/** A mature cell keeps its neighbours alive, and these see theirs: from 3 cells on nothing of it is seen at the edge. */
const EDGE = 3;
/** The share of the grid that a pattern may fill. */
const MOST_FULL = 0.75;
/** The mean distance of a mature cell's RGBA from 0 to 1: trained rules come to about 0.02. */
const MOST_EXCESS = 0.35;
/** No hidden channel of a trained rule is near this. */
const MOST_VALUE = 1000;
/** From step 200 to 400 a pattern that holds has between so many and so many times the cells. */
const [LEAST_CHANGE, MOST_CHANGE] = [0.6, 1.6];

/** What is seen of a pattern. */
interface Look {
  readonly cells: number;
  readonly full: number;
  /** Mean over mature cells of how far RGBA lies outside of 0 to 1. */
  readonly excess: number;
  /** The share of half transparent cells whose colour is brighter than their alpha. */
  readonly straight: number;
  readonly isBounded: boolean;
  /** Whether a mature cell is so near to the edge that what lies beyond it matters. */
  readonly isAtEdge: boolean;
}

export interface Verdict {
  /** "holds": still there, and the same size, at step 400; "grows": a pattern at step 96; "dies": none. */
  readonly life: "holds" | "grows" | "dies";
  /** How far from a clean picture: colours out of their range and, where it holds, its change of size. */
  readonly flaws: number;
  /** What the colours look like: straight, premultiplied, or neither clearly. */
  readonly premultiplied?: boolean;
  /** Whether the pattern came to the grid's edge, so that a torus would be another world. */
  readonly reachesEdge: boolean;
}

const DEAD: Verdict = { life: "dies", flaws: Number.POSITIVE_INFINITY, reachesEdge: false };

/** What may still be computed, in cells x CA steps x weights: unlike seconds it is the same on every machine. */
export interface Budget {
  left: number;
}

/** Cells around a pattern, which are computed as well. */
const MARGIN = 64;

/** What some CA steps of a pattern of so many mature cells cost, about. */
function costOf(
  { spec, parameters }: Rule,
  size: number,
  { cells, steps }: { cells: number; steps: number },
) {
  const all = size * size;
  const busy = spec.aliveMask === "none" ? all : Math.min(all, 2 * cells + MARGIN);
  return busy * steps * (parameters.w1.length + parameters.w2.length);
}

/**
 * Grows a rule for 400 CA steps, fewer when it is lost; undefined when that is beyond the budget, from which its cost is
 * taken. The same rule and budget have the same verdict on every machine.
 */
export async function judge(rule: Rule, budget: Budget): Promise<Verdict | undefined> {
  for (const size of SIZES) {
    const verdict = await judgeOn(size, rule, budget);
    if (verdict !== "fills") return verdict;
  }
  return DEAD;
}

/** On a torus as on a plane, as long as the pattern stays away from the edge; the plane is the faster. */
const onPlane = (rule: Rule): Rule => ({ ...rule, spec: { ...rule.spec, boundary: "zero" } });

/** CA steps after which a texture that grows without bounds is far beyond any. */
const TEXTURE_STEPS = 100;
const MOST_OF_TEXTURE = 20;

/**
 * Whether a texture, which grows everywhere from an empty grid, stays bounded. That is all that can be seen of one.
 * Undefined when it is beyond the budget.
 */
export async function staysBounded(rule: Rule, budget: Budget): Promise<boolean | undefined> {
  const { spec } = rule;
  const cost = costOf(rule, SIZES[0], { cells: SIZES[0] ** 2, steps: TEXTURE_STEPS });
  if (cost > budget.left) return undefined;
  budget.left -= cost;
  const empty = emptyCells(1, SIZES[0], SIZES[0], spec.channels, spec.premultiplied);
  const { data } = await stateAt(onPlane(rule), empty, TEXTURE_STEPS);
  return data.every((x) => Math.abs(x) < MOST_OF_TEXTURE);
}

/** "fills" for a pattern that fills the grid, undefined for one beyond the budget. */
async function judgeOn(size: number, rule: Rule, budget: Budget): Promise<Verdict | "fills" | undefined> {
  const { spec } = rule;
  const seed = seedCells(1, size, size, spec.channels, { premultiplied: spec.premultiplied });
  const looks: Look[] = [];
  let reachesEdge = false;
  let [before, began] = [1, 0];
  const isBeyond = (steps: number) => costOf(rule, size, { cells: before, steps }) > budget.left;
  if (isBeyond(MOMENTS[0])) return undefined;
  for await (const { step, cells } of statesAt(onPlane(rule), seed, MOMENTS)) {
    const look = lookAt(cells, rule);
    budget.left -= costOf(rule, size, { cells: Math.max(before, look.cells), steps: step - began });
    [before, began] = [look.cells, step];
    const isLost = !look.isBounded || look.cells === 0;
    if (isLost && step <= GROWN) return DEAD;
    if (step <= GROWN && look.full > MOST_FULL) return "fills";
    if (isLost) break;
    if (step >= GROWN) looks.push(look);
    reachesEdge ||= look.isAtEdge;
    const next = MOMENTS.find((moment) => moment > step);
    if (next !== undefined && isBeyond(next - step)) return undefined;
  }
  return { ...verdictOf(looks), reachesEdge };
}

const isPattern = ({ cells, full, excess }: Look) =>
  cells >= FEWEST_CELLS && full <= MOST_FULL && excess <= MOST_EXCESS;

function verdictOf(looks: readonly Look[]): Omit<Verdict, "reachesEdge"> {
  const [first, second, third] = looks;
  if (!first || !isPattern(first)) return DEAD;
  const premultiplied = coloursOf(second ?? first);
  const change = third && second ? third.cells / second.cells : 0;
  const holds =
    looks.length === 3 && looks.every(isPattern) && change >= LEAST_CHANGE && change <= MOST_CHANGE;
  if (!holds) return { life: "grows", flaws: first.excess, premultiplied };
  const flaws = looks.reduce((sum, { excess }) => sum + excess, 0) / looks.length;
  return { life: "holds", flaws: flaws + Math.abs(Math.log(change)), premultiplied };
}

/** Below this share of half transparent cells colours are premultiplied, above the other they are straight. */
const [FEW_BRIGHT, MANY_BRIGHT] = [0.1, 0.25];

function coloursOf({ straight }: Look): boolean | undefined {
  if (straight <= FEW_BRIGHT) return true;
  return straight >= MANY_BRIGHT ? false : undefined;
}

function lookAt({ data, channels, height, width }: Cells, { spec }: Rule): Look {
  let [cells, excess, faint, bright] = [0, 0, 0, 0];
  let [isBounded, isAtEdge] = [true, false];
  for (let at = 0; at < data.length; at += channels) {
    for (let c = 0; c < channels; c++) isBounded &&= Math.abs(data[at + c]) < MOST_VALUE; // false for NaN
    const alpha = data[at + ALPHA];
    if (!isMature(spec, alpha)) continue;
    cells++;
    const [row, column] = [Math.floor(at / channels / width), (at / channels) % width];
    isAtEdge ||= Math.min(row, column, height - 1 - row, width - 1 - column) < EDGE;
    for (let c = 0; c < RGBA; c++) excess += Math.max(0, -data[at + c], data[at + c] - 1);
    if (alpha > 0.8) continue;
    faint++;
    if (Math.max(data[at], data[at + 1], data[at + 2]) > alpha + 0.1) bright++;
  }
  return {
    cells,
    full: cells / (height * width),
    excess: excess / Math.max(1, cells),
    straight: bright / Math.max(1, faint),
    isBounded,
    isAtEdge,
  };
}
