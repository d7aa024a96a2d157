// The reading of weights under which they live: the known family's, or the best of those that people's code has.
import { candidatesOf, same, usualReadings } from "./candidates.js";
import { familyOf } from "./families.js";
import { type Budget, judge, staysBounded, type Verdict } from "./judge.js";
import { fixedReading } from "./kernels.js";
import { lifeless, type Read, readAs, readFolded, type Sought } from "./read-as.js";
import { givenOf, type Reading, refuseGiven, ruleOf } from "./reading.js";

/**
 * What a search may compute, in cells x CA steps x weights: some 10 s of it. Distill's rules have 8,192 weights, so that
 * 29 readings of theirs may fill a grid of 72x72 for 400 CA steps.
 */
const BUDGET = 5e11;

interface Tried {
  readonly reading: Reading;
  readonly verdict: Verdict;
}

/**
 * The rule that lives. A family's reading is taken where it grows, or is too large to be grown; else all candidates are
 * grown, as far as the budget goes. Where the caller gives both the features' order and the scale of its gradients,
 * nothing is grown: they decide. Kernels in the file say both, and which way is up.
 *
 * @throws FileError when none lives: what to give is in its message; InvalidInputError for an option of no effect
 */
export async function searchReading(
  asked: Omit<Sought, "family" | "fixed">,
  budget: Budget = { left: BUDGET },
): Promise<Read> {
  const { model, options, kernels } = asked;
  const fixed = kernels && fixedReading(kernels, model);
  const family = familyOf(model);
  const sought = { ...asked, family, fixed };
  if (kernels && !fixed) return readFolded(sought, kernels);
  if (model.filters === 3 && options.laplacianScale !== undefined) {
    refuseGiven(
      { laplacianScale: options.laplacianScale },
      `${asked.where} holds a rule without a Laplacian`,
    );
  }
  const usual = usualReadings(family, { ...fixed, ...givenOf(options) });
  if (options.features !== undefined && options.sobelScale !== undefined) {
    return readAs(sought, { reading: usual[0], by: "the options given" });
  }
  if (family && usual[0].aliveMask === "none") return texture(sought, usual, budget);
  const first = await tryOut(sought, usual[0], budget);
  if (family && (!first || lives(first))) {
    return readAs(sought, { reading: usual[0], verdict: first?.verdict, by: family.source });
  }
  return bestOf(sought, first, usual[0], budget);
}

/** Versions of the same notebook have whole filters and divided ones; with the wrong ones most textures have no bounds. */
async function texture(sought: Sought, readings: readonly Reading[], budget: Budget): Promise<Read> {
  for (const reading of readings) {
    const isBounded = await staysBounded(ruleOf(sought.model, sought.weights, reading), budget);
    if (isBounded === undefined) throw lifeless(sought, 1);
    if (isBounded) return readAs(sought, { reading, by: sought.family?.source });
  }
  throw lifeless(sought);
}

/** Undefined where growing it is beyond the budget. */
async function tryOut(
  { model, weights }: Sought,
  reading: Reading,
  budget: Budget,
): Promise<Tried | undefined> {
  const verdict = await judge(ruleOf(model, weights, reading), budget);
  return verdict && { reading, verdict };
}

/** The cleanest of those that hold, else of those that grow; those without an alive mask only where no other lives. */
async function bestOf(
  sought: Sought,
  first: Tried | undefined,
  base: Reading,
  budget: Budget,
): Promise<Read> {
  const tried = first ? [first] : [];
  let untried = first ? 0 : 1;
  for (const reading of candidatesOf(sought.model, base, { ...sought.fixed, ...givenOf(sought.options) })) {
    if (same(reading, base)) continue;
    if (reading.aliveMask !== base.aliveMask && tried.some(lives)) break;
    const next = await tryOut(sought, reading, budget);
    if (next) tried.push(next);
    else untried++;
  }
  const rank = ({ verdict }: Tried) => (verdict.life === "holds" ? 0 : 1);
  const [best] = tried.filter(lives).sort((a, b) => rank(a) - rank(b) || a.verdict.flaws - b.verdict.flaws);
  if (!best) throw lifeless(sought, untried);
  return readAs(sought, { ...best, untried });
}

/**
 * How far from a clean picture a reading may grow. Trained rules under their own come to 0.5 where they hold and 0.05 where
 * they only grow; untrained weights never hold and, where they grow, come to 0.17 and more.
 */
const MOST_FLAWS = { holds: 0.8, grows: 0.1, dies: 0 };

/** Without an alive mask a pattern must hold: noise spreads as well. */
const lives = ({ reading, verdict }: Tried) =>
  verdict.flaws <= MOST_FLAWS[verdict.life] && (verdict.life === "holds" || reading.aliveMask !== "none");
