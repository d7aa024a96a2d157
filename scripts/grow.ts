// npm run grow: grows a rule from one cell, into a picture or a gif.

import { MAX_SIZE } from "../lib/engine/grow.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import { file, modelFlag, rngSeedFlag, whole } from "./shared/flags.js";
import { UsageError } from "./shared/usage.js";

const MAX_STEPS = 1_000_000;
const MAX_FRAMES = 1000;

export const growFlags = command("grow", "Grows a rule from one cell, into a picture or a gif.", [
  "--model models/lizard.safetensors --steps 200 --out lizard.png",
  "--model models/bird.safetensors --every 1 --scale 6 --out bird.gif",
])
  .optionsGroup("What to grow:")
  .addOption(modelFlag())
  .addOption(whole("--steps <number>", "CA steps", 0, MAX_STEPS).default(200))
  .addOption(whole("--size <cells>", "sides of the grid", 1, MAX_SIZE).default(72))
  .addOption(rngSeedFlag("the coins"))
  .optionsGroup("What to draw:")
  .addOption(
    file(
      "--out <file>",
      "where it goes: a .png of the last state, or a .gif of the growth",
    ).makeOptionMandatory(),
  )
  .addOption(whole("--every <steps>", "CA steps between two frames of a gif", 1).default(2))
  .addOption(whole("--scale <pixels>", "of a cell's side", 1, 64).default(4))
  .optionsGroup(RUNNING)
  .addOption(engineFlag());

await runCommand(import.meta.url, growFlags, async ({ values }) => {
  const { steps, size, rngSeed, scale } = values;
  const kind = [".png", ".gif"].find((ending) => values.out.endsWith(ending));
  if (!kind) throw new UsageError(`--out is "${values.out}"; expected a name that ends in .png or .gif.`);
  const nca = await import("../lib/index.js");
  const rule = await nca.load(values.model);
  const every = kind === ".gif" ? values.every : Math.max(1, steps);
  if (steps / every > MAX_FRAMES) {
    throw new nca.InvalidInputError(
      `${steps} CA steps at --every ${every} are ${Math.ceil(steps / every)} frames; a gif has ${MAX_FRAMES} at most. ` +
        `Give --every ${Math.ceil(steps / MAX_FRAMES)} or more.`,
    );
  }
  nca.checkScaledSize({ width: size, height: size }, scale); // before anything grows
  const seed = nca.seedCells(1, size, size, rule.spec.channels, rule.spec.premultiplied);
  const moments = Array.from({ length: Math.ceil(steps / every) }, (_, i) =>
    Math.min((i + 1) * every, steps),
  );
  const images = [nca.toRgba(seed)]; // a state takes sixteen times as much memory as its image
  for await (const { cells } of nca.statesAt(rule, seed, moments, { rngSeed, engine: engineOf(values) })) {
    images.push(nca.toRgba(cells));
  }
  const drawn =
    kind === ".gif"
      ? nca.gif(images, { scale, holdLastMs: 1500 })
      : nca.picture(images[images.length - 1], { scale });
  await nca.writeFileAtomic(values.out, drawn.bytes);
});
