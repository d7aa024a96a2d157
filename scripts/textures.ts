// npm run textures: trains cells that weave an endless texture, measures them, and writes a seamless tile.

import { existsSync } from "node:fs";
import { Option } from "@commander-js/extra-typings";
import type { Target, TrainerOptions } from "../lib/node.js";
import { copyArea } from "../lib/page/area.js";
import { TEXTURES } from "../lib/textures/draw.js";
import { isTexture } from "../lib/textures/texture.js";
import { checkChapter, trainChapter } from "./chapters/training.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import {
  file,
  forceFlag,
  jsonFlag,
  oneOf,
  resumeFlag,
  rngSeedFlag,
  stepsFlag,
  trainedFlag,
  whole,
} from "./shared/flags.js";
import { UsageError } from "./shared/usage.js";

/** Cells along the longer side of a picture that is given. */
const PICTURE = 64;
/** The least that a picture's shorter side may be. */
const LEAST = 30;
/** CA steps after which a tile is written. */
const WOVEN = 1000;

export const texturesFlags = command(
  "textures",
  "Trains cells that weave an endless texture from empty cloth, and mend it; or measures them, or writes a tile.",
  [
    "--texture bricks --out my-bricks.safetensors",
    "--picture grass.jpg --out my-grass.safetensors",
    "--texture bricks --model my-bricks.safetensors --tile bricks.png",
  ],
)
  .optionsGroup("What is woven:")
  .addOption(oneOf("--texture <name>", "a texture that is drawn by code", TEXTURES))
  .addOption(
    file("--picture <file>", "a picture of your own, opaque everywhere; its longer side becomes 64 cells"),
  )
  .optionsGroup("Training:")
  .addOption(trainedFlag())
  .addOption(stepsFlag(2000))
  .addOption(new Option("--micro", "a rule whose weights fit in 588 bytes"))
  .addOption(rngSeedFlag("the weights and the training, or the coins"))
  .addOption(resumeFlag())
  .addOption(forceFlag())
  .optionsGroup("Measuring:")
  .addOption(file("--model <file>", "a rule that was trained so"))
  .addOption(file("--tile <file>", "write a seamless tile, a .png file"))
  .addOption(whole("--size <cells>", "the tile's sides", 16, 1024).default(128))
  .addOption(file("--wgsl <file>", "write the rule as one shader, a .wgsl file, weights as bytes"))
  .optionsGroup(RUNNING)
  .addOption(jsonFlag())
  .addOption(engineFlag());

type Nca = typeof import("../lib/node.js");
type Values = ReturnType<typeof texturesFlags.opts>;

async function targetOf(nca: Nca, { texture, picture }: Values): Promise<Target> {
  if ((texture === undefined) === (picture === undefined))
    throw new UsageError("Give --texture or --picture: what is woven.");
  if (texture !== undefined) return nca.drawTexture(texture);
  return opaqueOf(nca, await nca.loadTarget(picture!, { size: PICTURE, padding: 0 }), picture!);
}

/** The rows and columns of a picture that hold anything: one that is not square has empty ones beside it. */
function opaqueOf(nca: Nca, picture: Target, path: string): Target {
  const { data, height, width, channels } = picture;
  const isOpaque = (x: number, y: number) => data[(y * width + x) * channels + nca.ALPHA] === 1;
  const rows = Array.from({ length: height }, (_, y) => y).filter((y) => isOpaque(width >> 1, y));
  const columns = Array.from({ length: width }, (_, x) => x).filter((x) => isOpaque(x, height >> 1));
  const [h, w] = [rows.length, columns.length];
  if (!rows.every((y) => columns.every((x) => isOpaque(x, y))) || h * w === 0)
    throw new UsageError(
      `${path} is transparent in places; a texture needs a picture that is opaque everywhere: put a background behind it.`,
    );
  if (Math.min(h, w) < LEAST)
    throw new UsageError(
      `${path} is ${w} x ${h} cells; expected ${LEAST} at least on each side, so at most twice as long as wide: crop it.`,
    );
  const inner = nca.emptyCells(1, h, w, channels);
  copyArea(picture, inner, -columns[0], -rows[0]);
  return inner;
}

/** Throws UsageError where a file would be lost. */
function checkNew(path: string | undefined): void {
  if (path !== undefined && existsSync(path))
    throw new UsageError(`${path} is there already, and would be lost; give another name.`);
}

async function written(path: string, bytes: Uint8Array): Promise<void> {
  const nca = await import("../lib/node.js");
  await nca.writeFileAtomic(path, bytes);
  console.error(`Wrote ${path}.`);
}

function recipeFor(steps: number) {
  return {
    regime: "regenerating",
    steps,
    batch: 3,
    fresh: 0, // what is changed begins anew often enough
    damaged: 1,
    poolSize: 64,
    rollout: [32, 64],
    learningRate: 2e-3,
    decay: [
      [Math.round(0.5 * steps), 0.3],
      [Math.round(0.8 * steps), 0.3],
    ],
    average: 0.98,
  } satisfies TrainerOptions;
}

/** The smaller rule: 564 weights, a byte each, and four scales. */
const MICRO = { channels: 6, hidden: 18 };

await runCommand(import.meta.url, texturesFlags, async ({ values }) => {
  checkChapter(values);
  const { out, model, rngSeed, steps, micro, tile, wgsl, size } = values;
  if (out !== undefined && (tile ?? wgsl) !== undefined)
    throw new UsageError("--tile and --wgsl go with --model: a training writes the rule alone.");
  for (const [name, path, ending] of [
    ["--tile", tile, ".png"],
    ["--wgsl", wgsl, ".wgsl"],
  ] as const) {
    if (path !== undefined && !path.endsWith(ending))
      throw new UsageError(`${name} is "${path}"; expected a ${ending} file.`);
    checkNew(path);
  }
  const nca = await import("../lib/node.js");
  const target = await targetOf(nca, values);
  if (out !== undefined) {
    const start = nca.createRule({ ...nca.TEXTURE_SPEC, ...(micro && MICRO), rngSeed });
    const task = nca.textureTask(target, start);
    return trainChapter({ ...values, out }, { start, task, options: { ...recipeFor(steps), rngSeed } });
  }
  const rule = await nca.load(model!);
  if (!isTexture(rule.spec))
    throw new UsageError(
      `${model} is no texture's rule; expected one that npm run textures -- --out trained.`,
    );
  const engine = engineOf(values);
  const task = nca.textureTask(target, rule);
  const measured = await task.measure(rule, { engine, rngSeed });
  if (values.json) process.stdout.write(`${JSON.stringify(measured)}\n`);
  else {
    process.stdout.write(
      "how far its patches are from the picture's: lower is closer (look at it all the same); textures drawn by code are 0.006 to 0.07 apart\n",
    );
    for (const [step, loss] of Object.entries(measured))
      process.stdout.write(`step ${step.padEnd(6)}${loss.toFixed(5)}\n`);
  }
  if (wgsl !== undefined) {
    await written(wgsl, new TextEncoder().encode(nca.encodeWgsl(rule)));
    const [before, after] = [measured, await task.measure(nca.inBytes(rule), { engine, rngSeed })];
    console.error(
      `In ${nca.wgslBytes(rule)} bytes: ${after[500].toFixed(5)} at step 500, ${before[500].toFixed(5)} before.`,
    );
  }
  if (tile !== undefined) {
    const cloth = nca.seedFor(rule, { height: size, width: size });
    const woven = await nca.stateAt(rule, cloth, WOVEN, { engine, rngSeed });
    await written(tile, nca.picture(woven, { scale: 1 }).bytes);
  }
});
