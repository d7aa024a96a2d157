// The reading of weights under which they live: the known family's, or the best of those that people's code has.
import { FileError } from "../../cells/errors.js";
import type { Rule } from "../../rule/rule.js";
import type { CheckpointNotes } from "../checkpoint.js";
import type { FoundModel } from "../layers/find.js";
import type { LayerWeights } from "../layers/weights.js";
import { familyOf } from "./families.js";
import { judge, staysBounded, type Verdict } from "./judge.js";
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
      scales.map(([sobelScale, laplacianScale]) => ({
        ...base,
        aliveMask,
        features,
        sobelScale,
        laplacianScale,
      })),
    ),
  );
}

const same = (one: Reading, other: Reading) => JSON.stringify(one) === JSON.stringify(other);

/** What the caller gives, over a reading. */
function given(reading: Reading, options: ReadOptions): Reading {
  const { gradients, features, sobelScale, boundary, aliveMask, premultiplied, fireRate } = options;
  const known = { gradients, features, sobelScale, boundary, aliveMask, premultiplied, fireRate };
  const laplacian = sobelScale === undefined ? {} : { laplacianScale: Math.max(1, sobelScale / 2) };
  const defined = Object.entries(known).filter(([, value]) => value !== undefined);
  return { ...reading, ...laplacian, ...Object.fromEntries(defined) };
}

/**
 * The rule that lives. A family's reading is taken where it grows; else all candidates are grown, at most 30 s of it.
 * Where the caller gives both the features' order and the scale of its gradients, nothing is grown: they decide.
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
  if (options.features !== undefined && options.sobelScale !== undefined) {
    return readAs(model, weights, { reading: usual, by: "the options given" }, options);
  }
  if (family && usual.aliveMask === "none") return texture(model, weights, where, options);
  const first = await tryOut(model, weights, usual);
  if (family && lives(first)) {
    return readAs(model, weights, { ...first, by: family.source }, options);
  }
  const best = await bestOf(model, weights, first, options);
  if (!best) throw lifeless(where, model, family?.source);
  return readAs(model, weights, { ...best, by: undefined }, options);
}

/** Versions of the same notebook have whole filters and divided ones; with the wrong ones most textures have no bounds. */
async function texture(
  model: FoundModel,
  weights: LayerWeights,
  where: string,
  options: ReadOptions,
): Promise<Read> {
  const family = familyOf(model);
  const whole = given(family?.reading ?? DISTILLS, options);
  const divided = given({ ...whole, sobelScale: 1, laplacianScale: 0.25 }, options);
  for (const reading of [whole, divided]) {
    if (await staysBounded(ruleOf(model, weights, reading)))
      return readAs(model, weights, { reading, by: family?.source }, options);
  }
  throw lifeless(where, model, family?.source);
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
 * How far from a clean picture a reading may grow. Trained rules under their own come to 0.5 where they hold and 0.05 where
 * they only grow; untrained weights never hold and, where they grow, come to 0.17 and more.
 */
const MOST_FLAWS = { holds: 0.8, grows: 0.1, dies: 0 };

/** Without an alive mask a pattern must hold: noise spreads as well. */
const lives = ({ reading, verdict }: Tried) =>
  verdict.flaws <= MOST_FLAWS[verdict.life] && (verdict.life === "holds" || reading.aliveMask !== "none");

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
  // on a torus and on a plane it is the same, bit for bit, while it stays off the edge; the plane has the fast engine
  const isPlane = options.boundary === undefined && verdict?.life === "holds" && !verdict.reachesEdge;
  const chosen: Reading = {
    ...reading,
    ...(colours === undefined ? {} : { premultiplied: colours }),
    ...(isPlane ? { boundary: "zero" } : {}),
  };
  const sure = {
    gradients: options.gradients ? "given" : isOwn ? "by its family" : "a guess",
    life: verdict?.life ?? "not grown",
    ...(reading.boundary === "torus" && isPlane
      ? { boundary: "a torus in its code; the same while the pattern stays off the edge" }
      : {}),
  };
  const found = by ?? "growing: of the usual readings this one lives";
  const doubts = [
    ...(isKnown ? [] : [`that ${chosen.gradients} are its gradients is a guess (gradients turns it)`]),
    ...(by === undefined ? ["how its features lie was found by growing it"] : []),
    ...(verdict === undefined ? ["it was not grown from a seed"] : []),
    ...(verdict === undefined && chosen.aliveMask === "none" && options.sobelScale === undefined
      ? ["a texture's scale is a guess (sobelScale decides)"]
      : []),
    ...(verdict?.life === "grows" ? ["it grows a pattern that does not hold"] : []),
  ];
  const { gradients, features, sobelScale } = chosen;
  return {
    rule: ruleOf(model, weights, chosen),
    notes: { reading: JSON.stringify({ by: found, ...chosen, sure }) },
    doubt:
      doubts.length > 0
        ? `read as ${features}, gradients ${gradients}, Sobel filters times ${sobelScale}: ${doubts.join("; ")}`
        : undefined,
  };
}

function lifeless(where: string, { channels, hidden, filters }: FoundModel, source?: string): FileError {
  const family = source ? `, nor as ${source} has it` : "";
  return new FileError(
    `${where} holds a rule of ${channels} channels, ${filters} filters and ${hidden} hidden units that does not live ` +
      `in any usual reading${family}: say how it is meant with features ("filter-major" or "channel-major") and sobelScale ` +
      "(1 for Sobel filters divided by 8, 8 for whole ones); --features and --sobel-scale of convert.",
  );
}
