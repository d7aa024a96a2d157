// npm run textures: trains cells that weave an endless texture, measures them, and writes a seamless tile.

import { existsSync } from "node:fs";
import { Option } from "@commander-js/extra-typings";
import type { Target, TrainerOptions } from "../lib/node.js";
import { TEXTURES } from "../lib/textures/draw.js";
import { checkChapter, trainChapter } from "./chapters/training.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import { file, jsonFlag, oneOf, rngSeedFlag, whole } from "./shared/flags.js";
import { UsageError } from "./shared/usage.js";

/** Cells along a side of the cloth that is trained on, and of a picture that is given. */
const [CLOTH, PICTURE] = [48, 64];
/** CA steps after which a tile is written. */
const WOVEN = 1000;

export const texturesFlags = command(
  "textures",
  "Trains cells that weave an endless texture from noise, and mend it; or measures them, or writes a tile.",
  [
    "--texture bricks --out my-bricks.safetensors",
    "--picture grass.jpg --out my-grass.safetensors",
    "--texture bricks --model my-bricks.safetensors --tile bricks.png",
  ],
)
  .optionsGroup("What is woven:")
  .addOption(oneOf("--texture <name>", "a texture that is drawn by code", TEXTURES))
  .addOption(file("--picture <file>", "a picture of your own, of which the middle is taken, 64 cells wide"))
  .optionsGroup("Training:")
  .addOption(file("--out <file>", "the rule that is trained, a .safetensors file"))
  .addOption(whole("--steps <number>", "training steps", 1, 1e7).default(2000))
  .addOption(new Option("--micro", "a rule whose weights fit in 588 bytes"))
  .addOption(rngSeedFlag("the weights and the training, or the noise"))
  .addOption(new Option("--resume", "go on where a training was stopped"))
  .addOption(new Option("--force", "train over a file that is there"))
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
  return texture ? nca.drawTexture(texture) : nca.loadTarget(picture!, { size: PICTURE, padding: 0 });
}

/** Throws UsageError where a file would be lost. */
function checkNew(path: string | undefined, { force }: Values): void {
  if (path === undefined || force || !existsSync(path)) return;
  throw new UsageError(`${path} is there already, and would be lost; give another name, or --force.`);
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
  for (const path of [tile, wgsl]) checkNew(path, values);
  const nca = await import("../lib/node.js");
  const target = await targetOf(nca, values);
  if (out !== undefined) {
    const start = nca.createRule({ ...nca.TEXTURE_SPEC, ...(micro && MICRO), rngSeed });
    const task = nca.textureTask(target, start, { side: CLOTH });
    return trainChapter({ ...values, out }, { start, task, options: { ...recipeFor(steps), rngSeed } });
  }
  const rule = await nca.load(model!);
  const engine = engineOf(values);
  const task = nca.textureTask(target, rule, { side: CLOTH });
  const measured = await task.measure(rule, { engine, rngSeed });
  if (values.json) process.stdout.write(`${JSON.stringify(measured)}\n`);
  else
    for (const [step, loss] of Object.entries(measured))
      process.stdout.write(`patches at step ${step.padEnd(6)}${loss.toFixed(5)}\n`);
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
