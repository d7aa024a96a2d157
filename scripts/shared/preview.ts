// What a rule does so far as a gif, to look at while it is trained: its growth, or an infection of a grown host.

import type * as nca from "../../lib/node.js";

const STEPS = 200;
const EVERY = 2;
const SCALE = 4;
const HOLD_LAST_MS = 1500;
/** The age of a host when it is infected, in CA steps. */
const HOST_AGE = 150;

/** Writes the gif. */
export async function writePreview(
  path: string,
  rule: nca.Rule,
  { task, engine }: nca.Trainer,
): Promise<void> {
  const nca = await import("../../lib/node.js");
  const { rules, trained } = task.strainsWith(rule);
  const options = { steps: STEPS, every: EVERY, engine };
  const from =
    "rules" in rules && task.picture ? await infectedHost(rules, trained, task.picture) : undefined;
  const frames = await nca.grow(rules, { ...options, ...(from && { from }) });
  await nca.writeFileAtomic(path, nca.gif(frames, { scale: SCALE, holdLastMs: HOLD_LAST_MS }).bytes);
}

/** A host that was grown on a grid of this size, and infected in one cell. */
async function infectedHost(
  { rules: [host] }: nca.Strains,
  strain: number,
  { height, width }: nca.Target,
): Promise<nca.Cells> {
  const nca = await import("../../lib/node.js");
  const grown = await nca.stateAt(host, nca.seedFor(host, { height, width }), HOST_AGE);
  return nca.infectAtRandom(grown, strain, 1, new nca.Random(0));
}
