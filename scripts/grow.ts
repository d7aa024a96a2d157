// npm run grow: grows a rule from its seeds, into a picture, a gif, a film or numbered frames.

import { basename, dirname, extname, join } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { MAX_SIZE } from "../lib/engine/grow.js";
import type * as nca from "../lib/node.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import { file, modelFlag, rngSeedFlag, whole } from "./shared/flags.js";
import { rememberedOf } from "./shared/remembered.js";
import { AS_TRAINED } from "./shared/target.js";
import { UsageError } from "./shared/usage.js";
import { FILMS, film } from "./shared/video.js";

const MAX_STEPS = 1_000_000;
const MAX_FRAMES = 1000;

export const growFlags = command(
  "grow",
  "Grows a rule from its seeds, into a picture, a gif, a film or numbered frames.",
  [
    "--model models/lizard.safetensors --steps 200 --out lizard.png",
    "--model bird --every 1 --scale 6 --transparent --out bird.gif",
    "--model lizard --out lizard.mp4",
    "--model lizard --out frame-%03d.png",
  ],
)
  .optionsGroup("What to grow:")
  .addOption(modelFlag())
  .addOption(whole("--steps <number>", "CA steps", 0, MAX_STEPS).default(200))
  .addOption(whole("--size <cells>", "sides of the grid", 1, MAX_SIZE).default(undefined, `${AS_TRAINED} 72`))
  .addOption(rngSeedFlag("the coins"))
  .optionsGroup("What to draw:")
  .addOption(
    file(
      "--out <file>",
      "where it goes: a .png of the last state; the growth as a .gif, as a .mp4 or .webm by ffmpeg, or as frames, " +
        "a .png with a number such as %03d in its name",
    ).makeOptionMandatory(),
  )
  .addOption(whole("--every <steps>", "CA steps between two frames of the growth", 1).default(2))
  .addOption(whole("--scale <pixels>", "of a cell's side", 1, 64).default(4))
  .addOption(new Option("--transparent", "nothing behind the cells, instead of white; not in a .mp4"))
  .optionsGroup(RUNNING)
  .addOption(engineFlag());

/** What can be written. */
const KINDS = [".png", ".gif", ...FILMS];
/** The place of a frame's number in a name, as in C: %d, %3d, %03d. */
const NUMBER = /%(?:0?(\d+))?d(?![a-z])/i;

/** Throws UsageError for a name that does not say what is to be written. */
function checkOut(out: string, isTransparent: boolean): void {
  const kind = extname(out);
  if (!KINDS.includes(kind)) {
    throw new UsageError(`--out is "${out}"; expected a name that ends in one of ${KINDS.join(", ")}.`);
  }
  if (isNumbered(out) && kind !== ".png")
    throw new UsageError(`--out is "${out}"; only .png frames are numbered.`);
  if (isTransparent && kind === ".mp4")
    throw new UsageError("A .mp4 cannot be transparent; write a .webm, .gif or .png.");
}

/** The name of a frame. */
function numbered(out: string, frame: number): string {
  const name = basename(out).replace(NUMBER, (_, digits = "0") => `${frame}`.padStart(Number(digits), "0"));
  return join(dirname(out), name);
}

/** Whether a name asks for one file per frame. */
const isNumbered = (out: string) => NUMBER.test(basename(out));

async function write(images: readonly nca.Rgba[], out: string, options: nca.GifOptions & { scale: number }) {
  const nca = await import("../lib/node.js");
  const kind = extname(out);
  if (isNumbered(out)) {
    for (const [frame, image] of images.entries())
      await nca.writeFileAtomic(numbered(out, frame), nca.picture(image, options).bytes);
  } else if (kind === ".png") {
    await nca.writeFileAtomic(out, nca.picture(images[images.length - 1], options).bytes);
  } else if (kind === ".gif") {
    await nca.writeFileAtomic(out, nca.gif(images, options).bytes);
  } else {
    await nca.writeFileAtomic(out, await film(images, out, options.scale));
  }
}

await runCommand(import.meta.url, growFlags, async ({ values }) => {
  const { steps, rngSeed, scale, out, transparent = false } = values;
  checkOut(out, transparent);
  const nca = await import("../lib/node.js");
  const checkpoint = await nca.loadCheckpoint(values.model);
  const { rule } = checkpoint;
  const { size: picture, padding } = rememberedOf(checkpoint, values.model);
  const size = values.size ?? rule.grid?.height ?? picture + 2 * padding;
  const isStill = extname(out) === ".png" && !isNumbered(out);
  const every = isStill ? Math.max(1, steps) : values.every;
  if (steps / every > MAX_FRAMES) {
    throw new nca.InvalidInputError(
      `${steps} CA steps at --every ${every} are ${Math.ceil(steps / every)} frames; expected ${MAX_FRAMES} at most. ` +
        `Give --every ${Math.ceil(steps / MAX_FRAMES)} or more.`,
    );
  }
  nca.checkScaledSize({ width: size, height: size }, scale); // before anything grows
  const background = transparent ? ("transparent" as const) : undefined;
  const seed = nca.seedFor(rule, { height: size, width: size });
  const moments = Array.from({ length: Math.ceil(steps / every) }, (_, i) =>
    Math.min((i + 1) * every, steps),
  );
  let last = seed;
  const images = [nca.toRgba(seed, { background })]; // a state takes sixteen times as much memory as its image
  for await (const { cells } of nca.statesAt(rule, seed, moments, { rngSeed, engine: engineOf(values) })) {
    images.push(nca.toRgba(cells, { background }));
    last = cells;
  }
  await write(images, out, { scale, holdLastMs: 1500, background });
  if (nca.matureCells(last, 0, rule.spec).length === 0)
    console.error(`No cell lives at step ${steps}: the last picture is empty.`);
  console.error(`Wrote ${out}.`);
});
