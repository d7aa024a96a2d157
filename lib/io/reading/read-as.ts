// A rule under the reading that was chosen, and in words what of it the file did not say.
import { FileError } from "../../cells/errors.js";
import type { Rule } from "../../rule/rule.js";
import type { CheckpointNotes } from "../checkpoint.js";
import type { FoundModel } from "../layers/find.js";
import type { LayerWeights } from "../layers/weights.js";
import type { Family } from "./families.js";
import type { Verdict } from "./judge.js";
import { folded, type Kernels } from "./kernels.js";
import { OPEN } from "./learned.js";
import { DISTILLS, givenOf, type Reading, type ReadOptions, refuseGiven, ruleOf } from "./reading.js";

/** Weights whose reading is sought. */
export interface Sought {
  readonly model: FoundModel;
  readonly weights: LayerWeights;
  /** What to call the file in an error. */
  readonly where: string;
  readonly options: ReadOptions;
  /** Those of a grouped convolution before the layers, where the file has them. */
  readonly kernels?: Kernels;
  /** That of its names, if it is of one. */
  readonly family?: Family;
  /** What the kernels say of their order and their scale. */
  readonly fixed?: Partial<Reading>;
}

/** A reading, and how it was come by. */
interface Found {
  readonly reading: Reading;
  /** Whose code says so, or that the options do; undefined where growing found it. */
  readonly by?: string;
  /** Undefined where it was not grown from a seed. */
  readonly verdict?: Verdict;
  /** How many other readings were too large to be grown. */
  readonly untried?: number;
}

/** A rule as it was read, and how sure that is. */
export interface Read {
  readonly rule: Rule;
  readonly notes: CheckpointNotes;
  /** In words, where something was guessed or found by growing; undefined where all was known. */
  readonly doubt?: string;
}

/** The rule, with what was not in the file: as notes, and in words where it is a guess. */
export function readAs(sought: Sought, found: Found): Read {
  const { model, weights } = sought;
  const { by = "growing: of the usual readings this one lives", verdict } = found;
  const chosen = chosenOf(sought, found);
  const isOffEdge = found.reading.boundary === "torus" && chosen.boundary === "zero";
  const sure = {
    gradients: sourceOfGradients(sought, found),
    life: verdict?.life ?? "not grown",
    ...(isOffEdge ? { boundary: "a torus in its code; the same while the pattern stays off the edge" } : {}),
  };
  const doubts = doubtsOf(sought, found, chosen);
  return {
    rule: ruleOf(model, weights, chosen),
    notes: { reading: JSON.stringify({ by, ...chosen, sure }) },
    doubt: doubts.length > 0 ? `read as ${inWords(model, chosen)}: ${doubts.join("; ")}` : undefined,
  };
}

function sourceOfGradients(sought: Sought, found: Found): string {
  if (sought.options.gradients) return "given";
  if (sought.fixed) return "by its kernels";
  return isOwn(sought, found) ? "by its family" : "a guess";
}

/** The rule of kernels that are no usual filters: a learned convolution. Its masks and colours are its family's. */
export function readFolded(sought: Sought, kernels: Kernels): Read {
  const { model, weights, options, family, where } = sought;
  refuseGiven(options, `${where} holds its kernels`, OPEN);
  const reading: Reading = { ...(family?.reading ?? DISTILLS), ...givenOf(options) };
  const { boundary, aliveMask, premultiplied, fireRate } = reading;
  const by = "its kernels, folded into the first layer";
  return {
    rule: ruleOf({ ...model, filters: 9 }, folded(kernels, model, weights), reading),
    notes: { reading: JSON.stringify({ by, boundary, aliveMask, premultiplied, fireRate }) },
    doubt: `read as a learned convolution, made of its kernels: alive mask ${aliveMask} and RGB ${premultiplied ? "premultiplied" : "straight"} are ${family ? "its family's" : "a guess"}`,
  };
}

/** Whether the code of its family says how it is meant. */
const isOwn = ({ family }: Sought, { by }: Found) => family !== undefined && by !== undefined;

/** The reading with the colours that were seen, and the plane in place of a torus whose edge was never met. */
function chosenOf(sought: Sought, found: Found): Reading {
  const { options } = sought;
  const { reading, verdict } = found;
  const seen = isOwn(sought, found) ? undefined : verdict?.premultiplied;
  const premultiplied = options.premultiplied ?? seen ?? reading.premultiplied;
  // on a torus and on a plane it is the same, bit for bit, while it stays off the edge; the plane has the fast engine
  const isPlane = options.boundary === undefined && verdict?.life === "holds" && !verdict.reachesEdge;
  return { ...reading, premultiplied, boundary: isPlane ? "zero" : reading.boundary };
}

/** What of the chosen reading may be wrong. */
function doubtsOf(sought: Sought, found: Found, { gradients, aliveMask }: Reading): string[] {
  const { options, fixed } = sought;
  const { by, verdict, untried = 0 } = found;
  const doubts: [boolean, string][] = [
    [
      sourceOfGradients(sought, found) === "a guess",
      `that ${gradients} are its gradients is a guess (gradients turns it)`,
    ],
    [by === undefined && !fixed, "how its features lie was found by growing it"],
    [verdict === undefined, "it was not grown from a seed"],
    [
      verdict === undefined && aliveMask === "none" && options.sobelScale === undefined && !fixed,
      "a texture's scale is a guess (sobelScale and laplacianScale decide)",
    ],
    [verdict?.life === "grows", "it grows a pattern that does not hold"],
    [untried > 0, `${readingsText(untried)} more too large to be grown`],
  ];
  return doubts.filter(([isSo]) => isSo).map(([, text]) => text);
}

const readingsText = (count: number) => `${count} reading${count > 1 ? "s were" : " was"}`;

function inWords({ filters }: FoundModel, reading: Reading): string {
  const { features, gradients, sobelScale, laplacianScale } = reading;
  const laplacian = filters === 4 ? `, Laplacian times ${laplacianScale}` : "";
  return `${features}, gradients ${gradients}, Sobel filters times ${sobelScale}${laplacian}`;
}

/** An error that says what to give; `untried` readings were too large to be grown. */
export function lifeless({ model, where, family }: Sought, untried = 0): FileError {
  const { channels, hidden, filters } = model;
  const not = family ? `, nor as ${family.source} has it` : "";
  const large = untried > 0 ? ` (${readingsText(untried)} too large to be grown)` : "";
  const laplacian =
    filters === 4 ? ", laplacianScale (1 for a Laplacian divided by 4, 4 for a whole one, 0.25 by 16)" : "";
  return new FileError(
    `${where} holds a rule of ${channels} channels, ${filters} filters and ${hidden} hidden units that does not live ` +
      `in any usual reading${not}${large}: say how it is meant with features ("filter-major" or "channel-major")` +
      `${laplacian ? "," : " and"} sobelScale (1 for Sobel filters divided by 8, 8 for whole ones)${laplacian}; ` +
      "--features and the like of convert.",
  );
}
