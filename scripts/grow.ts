// npm run grow: grows a rule from one cell, into a picture or a gif.

import * as nca from "../lib/index.js";
import { MODEL_FILES, runCommand, UsageError, wholeNumber } from "./shared/command.js";

const MAX_FRAMES = 1000;

const flags = {
  model: { help: `the rule: ${MODEL_FILES}` },
  out: { help: "where it goes: a .png of the last state, or a .gif of the growth" },
  steps: { help: "CA steps", value: "200" },
  size: { help: "sides of the grid in cells", value: "72" },
  "rng-seed": { help: "starts the coins", value: "0" },
  every: { help: "CA steps between two frames of a gif", value: "2" },
  scale: { help: "pixels of a cell's side", value: "4" },
} as const;

await runCommand("grow", flags, async (values) => {
  const kind = [".png", ".gif"].find((ending) => values.out.endsWith(ending));
  if (!kind) throw new UsageError(`--out is "${values.out}"; expected a name that ends in .png or .gif.`);
  const rule = await nca.load(values.model);
  const steps = wholeNumber("steps", values.steps, 0, 1_000_000);
  const every = kind === ".gif" ? wholeNumber("every", values.every, 1) : Math.max(1, steps);
  if (steps / every > MAX_FRAMES) {
    throw new nca.InvalidInputError(
      `${steps} CA steps at --every ${every} are ${Math.ceil(steps / every)} frames; a gif has ${MAX_FRAMES} at most. ` +
        `Give --every ${Math.ceil(steps / MAX_FRAMES)} or more.`,
    );
  }
  const size = wholeNumber("size", values.size, 1, nca.MAX_SIZE);
  const scale = wholeNumber("scale", values.scale, 1, 64);
  nca.checkScaledSize({ width: size, height: size }, scale); // before anything grows
  const seed = nca.seedCells(1, size, size, rule.spec.channels, rule.spec.premultiplied);
  const moments = Array.from({ length: Math.ceil(steps / every) }, (_, i) => Math.min((i + 1) * every, steps));
  const images = [nca.toRgba(seed)]; // a state takes sixteen times as much memory as its image
  let last = seed;
  const rngSeed = wholeNumber("rng-seed", values["rng-seed"]);
  for await (const { cells } of nca.statesAt(rule, seed, moments, { rngSeed })) {
    images.push(nca.toRgba(cells));
    last = cells;
  }
  const drawn =
    kind === ".gif" ? nca.gif(images, { scale, holdLastMs: 1500 }) : nca.picture(last, { scale });
  await nca.writeFileAtomic(values.out, drawn.bytes);
});
