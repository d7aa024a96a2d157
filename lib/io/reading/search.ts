// The reading of weights under which they live: the known family's, or the best of those that people's code has.
import { FileError } from "../../cells/errors.js";
import type { Rule } from "../../rule/rule.js";
import type { CheckpointNotes } from "../checkpoint.js";
import type { FoundModel } from "../layers/find.js";
import type { LayerWeights } from "../layers/weights.js";
import { familyOf } from "./families.js";
import { judge, type Verdict } from "./judge.js";
import { DISTILLS, type Reading, type ReadOptions, ruleOf } from "./reading.js";

/** A rule as it was read, and how sure that is. */
export interface Read {
  readonly rule: Rule;
  readonly notes: CheckpointNotes;
  /** In words, where something was guessed or found by growing; undefined where all was known. */
  readonly doubt?: string;
}

interface Tried {
  readonly reading: Reading;
  readonly verdict: Verdict;
}

/** What to try where nothing is known, the most usual first. */
function candidatesOf({ filters }: FoundModel, base: Reading): Reading[] {
  const scales =
    filters === 4
      ? [
          [1, 1],
          [8, 4],
          [1, 0.5],
          [1, 0.25],
        ]
      : [
          [1, 1],
          [8, 4],
        ];
  const orders = ["filter-major", "channel-major"] as const;
  const masks = ["pre-and-post", "none"] as const;
  return masks.flatMap((aliveMask) =>
    orders.flatMap((features) =>
      scales.map(([scale, laplacianScale]) => ({ ...base, aliveMask, features, scale, laplacianScale })),
    ),
  );
}

const same = (one: Reading, other: Reading) => JSON.stringify(one) === JSON.stringify(other);

/** What the caller gives, over a reading. */
function given(reading: Reading, options: ReadOptions): Reading {
  const { gradients, features, scale, boundary, aliveMask, premultiplied, fireRate } = options;
  const known = { gradients, features, scale, boundary, aliveMask, premultiplied, fireRate };
  const laplacian = scale === undefined ? {} : { laplacianScale: Math.max(1, scale / 2) };
  const defined = Object.entries(known).filter(([, value]) => value !== undefined);
  return { ...reading, ...laplacian, ...Object.fromEntries(defined) };
}

/**
 * The rule that lives. A family's reading is taken where it grows; else all candidates are grown, at most 30 s of it.
 * Where the caller gives both the features' order and the scale, nothing is grown: they decide.
 *
 * @throws FileError, naming `where`, when none lives: what to give is in its message
 */
export async function searchReading(
  model: FoundModel,
  weights: LayerWeights,
  where: string,
  options: ReadOptions = {},
): Promise<Read> {
  const family = familyOf(model);
  const usual = given(family?.reading ?? DISTILLS, options);
  if (options.features !== undefined && options.scale !== undefined) {
    return readAs(model, weights, { reading: usual, by: "the options given" }, options);
  }
  const first = await tryOut(model, weights, usual);
  if (family && isCredible(first, MOST_FLAWS_OF_FAMILY)) {
    return readAs(model, weights, { ...first, by: family.source }, options);
  }
  if (family && usual.aliveMask === "none") {
    return readAs(model, weights, { reading: usual, by: family.source }, options);
  }
  const best = await bestOf(model, weights, first, options);
  if (!best) throw lifeless(where, model, family?.source);
  return readAs(model, weights, { ...best, by: undefined }, options);
}

async function tryOut(model: FoundModel, weights: LayerWeights, reading: Reading): Promise<Tried> {
  return { reading, verdict: await judge(ruleOf(model, weights, reading)) };
}

/** The cleanest of those that hold, else of those that grow; those without an alive mask only where no other lives. */
async function bestOf(model: FoundModel, weights: LayerWeights, first: Tried, options: ReadOptions) {
  const tried = [first];
  for (const candidate of candidatesOf(model, first.reading)) {
    const reading = given(candidate, options);
    if (tried.some((one) => same(one.reading, reading))) continue;
    if (reading.aliveMask !== first.reading.aliveMask && tried.some(lives)) break;
    tried.push(await tryOut(model, weights, reading));
  }
  const rank = ({ verdict }: Tried) => (verdict.life === "holds" ? 0 : 1);
  const living = tried.filter(lives);
  living.sort((a, b) => rank(a) - rank(b) || a.verdict.flaws - b.verdict.flaws);
  return living.length > 0 ? living[0] : undefined;
}

/**
 * How far from a clean picture a reading may grow: trained rules under their own come to 0.5 where they hold, those that
 * were trained to grow alone to 2.1 in the end; untrained weights and wrong readings, where they live at all, to 0.9 and more.
 */
const [MOST_FLAWS, MOST_FLAWS_OF_FAMILY] = [0.8, 2.5];

/** Without an alive mask a pattern must hold: noise spreads as well. */
function isCredible({ reading, verdict }: Tried, most: number): boolean {
  return verdict.flaws <= most && (verdict.life === "holds" || reading.aliveMask !== "none");
}

const lives = (one: Tried) => one.verdict.life !== "dies" && isCredible(one, MOST_FLAWS);

/** The rule, with what was not in the file: as notes, and in words where it is a guess. */
function readAs(
  model: FoundModel,
  weights: LayerWeights,
  { reading, by, verdict }: { reading: Reading; by?: string; verdict?: Verdict },
  options: ReadOptions,
): Read {
  const family = familyOf(model);
  const isOwn = family !== undefined && by !== undefined;
  const isKnown = isOwn || options.gradients !== undefined;
  const colours = options.premultiplied ?? (isOwn ? undefined : verdict?.premultiplied);
  const chosen = colours === undefined ? reading : { ...reading, premultiplied: colours };
  const found = by ?? "growing: of the usual readings this one lives";
  const sure = {
    gradients: options.gradients ? "given" : isOwn ? "by its family" : "a guess",
    life: verdict?.life ?? "not grown",
  };
  const doubts = [
    ...(isKnown ? [] : [`that ${chosen.gradients} are its gradients is a guess (gradients turns it)`]),
    ...(by === undefined ? ["how its features lie was found by growing it"] : []),
    ...(verdict?.life === "grows" ? ["it grows a pattern that does not hold"] : []),
  ];
  const { gradients, features, scale } = chosen;
  return {
    rule: ruleOf(model, weights, chosen),
    notes: { reading: JSON.stringify({ by: found, ...chosen, sure }) },
    doubt:
      doubts.length > 0
        ? `read as ${features}, gradients ${gradients}, Sobel filters times ${scale}: ${doubts.join("; ")}`
        : undefined,
  };
}

function lifeless(where: string, { channels, hidden, filters }: FoundModel, source?: string): FileError {
  const family = source ? `, nor as ${source} has it` : "";
  return new FileError(
    `${where} holds a rule of ${channels} channels, ${filters} filters and ${hidden} hidden units that does not live ` +
      `in any usual reading${family}: say how it is meant with features ("filter-major" or "channel-major") and scale ` +
      "(1 for Sobel filters divided by 8, 8 for whole ones); --features and --scale of convert.",
  );
}
