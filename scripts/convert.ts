// npm run convert: writes a rule in another format, and says what rounding its numbers cost.

import { existsSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { Option } from "@commander-js/extra-typings";
import { FORMAT } from "../lib/io/checkpoint.js";
import { decodeSafetensors } from "../lib/io/safetensors/safetensors.js";
import type * as nca from "../lib/node.js";
import { encoded, LAYOUTS, type Layout, layoutOf } from "./convert/layouts.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import { file, modelFlag, oneOf, rngSeedFlag, whole } from "./shared/flags.js";
import {
  aliveMaskFlag,
  boundaryFlag,
  coloursFlag,
  featuresFlag,
  fireRateFlag,
  gradientsFlag,
  laplacianScaleFlag,
  READING,
  readingText,
  readOptionsOf,
  sobelScaleFlag,
  submodelFlag,
} from "./shared/reading.js";
import { recipeOf } from "./shared/recipe.js";
import { targetLike } from "./shared/remembered.js";
import { quoted } from "./shared/shell.js";
import { AS_TRAINED, paddingFlag, sizeFlag, targetFlag } from "./shared/target.js";
import { lossText } from "./shared/text.js";
import { UsageError } from "./shared/usage.js";

/** When and how often the loss is taken. */
const STEPS = 200;
const RUNS = 8;
/** Layouts that hold the rule's numbers as they are, so that there is no loss to tell. */
const EXACT: readonly Layout[] = ["pytorch-module", "onnx"];

export const convertFlags = command(
  "convert",
  "Writes a rule in another format: ours, PyTorch's, ONNX or that of Distill's demo.",
  [
    "--model rule.pt --out rule.safetensors",
    "--model models/lizard.safetensors --out lizard.onnx",
    "--model models/lizard.safetensors --out lizard.onnx --steps 96",
    "--model models/lizard.safetensors --out lizard.py",
    "--model models/lizard.safetensors --layout pytorch --out state.safetensors",
    "--model training.pt --submodel ema --out rule.safetensors",
    "--model models/bird.safetensors --out bird.json --target targets/bird.png",
  ],
)
  .optionsGroup("What to convert:")
  .addOption(modelFlag())
  .addOption(
    file(
      "--out <file>",
      "where it goes: .safetensors, .onnx, .py for a PyTorch module, or .json for Distill's demo, in 8 bits",
    ).makeOptionMandatory(),
  )
  .addOption(
    oneOf(
      "--layout <name>",
      "what is written, where --out's ending does not say it: pytorch is a state dict (model.0.weight, ...) in a .safetensors",
      LAYOUTS,
    ),
  )
  .addOption(whole("--steps <number>", "CA steps in one run of an .onnx; one if not given", 1, 2 ** 20))
  .optionsGroup(READING)
  .addOption(submodelFlag())
  .addOption(gradientsFlag())
  .addOption(featuresFlag())
  .addOption(sobelScaleFlag())
  .addOption(laplacianScaleFlag())
  .addOption(boundaryFlag())
  .addOption(aliveMaskFlag())
  .addOption(coloursFlag())
  .addOption(fireRateFlag())
  .optionsGroup("What rounding costs:")
  .addOption(targetFlag("that it grows: then its log loss is printed before and after"))
  .addOption(sizeFlag().default(undefined, `${AS_TRAINED} 40`))
  .addOption(paddingFlag().default(undefined, `${AS_TRAINED} 16`))
  .optionsGroup(RUNNING)
  .addOption(new Option("--force", "write over a file that is there"))
  .addOption(rngSeedFlag("the coins"))
  .addOption(new Option("--json", "print the losses as one JSON document"))
  .addOption(engineFlag());

/** Median log loss after `STEPS` CA steps, over growths that each toss their own coins. */
async function logLossOf(
  rule: nca.Rule,
  target: nca.Target,
  options: { readonly rngSeed: number; readonly engine?: nca.Engine },
): Promise<number> {
  const nca = await import("../lib/node.js");
  const { height, width } = target;
  const seeds = nca.seedFor(rule, { count: RUNS, height, width });
  const cells = await nca.stateAt(rule, seeds, STEPS, options);
  return nca.summaryOfLosses([...nca.pictureLosses(cells, target)].map(nca.logLoss)).median;
}

/** The flags that tell what is converted. */
interface Asked {
  readonly model: string;
  readonly out: string;
  readonly target?: string;
  readonly steps?: number;
  readonly json?: boolean;
  readonly force?: boolean;
}

/** Throws UsageError for flags that do not go together, before anything is read. */
async function checkTogether(
  { model, out, target, steps, json, force }: Asked,
  layout: Layout,
): Promise<void> {
  if (json && !target) throw new UsageError("--json prints log losses, which need --target.");
  if (steps !== undefined && layout !== "onnx")
    throw new UsageError(`--steps is for .onnx files; --out is "${out}".`);
  if (target && EXACT.includes(layout))
    throw new UsageError(`--target tells what rounding cost; "${out}" would hold the same numbers.`);
  const places = await Promise.all([model, out].map((path) => realpath(path).catch(() => undefined)));
  if (places[0] && places[0] === places[1])
    throw new UsageError(`--out is the model itself, "${model}"; give another name.`);
  if (places[1] && !force)
    throw new UsageError(`${out} is there already, and would be lost: give another --out, or --force.`);
}

/** The notes of a file of ours: how the rule was made, or where it was converted from. */
async function notesFor(
  { notes }: nca.Checkpoint,
  { model, out }: Asked,
  reading: string,
): Promise<nca.CheckpointNotes> {
  const nca = await import("../lib/node.js");
  const recipe = recipeOf(notes, model);
  const command = `npm run convert -- --model ${quoted(model)} --out ${quoted(out)}${reading}`;
  const { command: _command, trainingStep: _step, ...others } = notes; // a recipe says both
  return recipe.length > 0 ? { ...others, ...nca.notesOf(recipe) } : { command, ...notes };
}

/**
 * Where a PyTorch module's weights are: in the model, where that is a file of ours as the module reads it; else in one that
 * is written beside the module.
 */
async function weightsBeside(
  rule: nca.Rule,
  notes: nca.CheckpointNotes,
  { model, out }: Asked,
): Promise<string> {
  const nca = await import("../lib/node.js");
  const isOurs = async () => decodeSafetensors(await readFile(model), model).metadata.format === FORMAT;
  if (await isOurs().catch(() => false)) return model;
  const path = out.replace(/\.py$/, ".safetensors");
  if (existsSync(path)) return path;
  await nca.save(rule, path, notes);
  return path;
}

await runCommand(import.meta.url, convertFlags, async ({ values }) => {
  const layout = layoutOf(values.out, values.layout);
  await checkTogether(values, layout);
  const nca = await import("../lib/node.js");
  const { target: path, steps, rngSeed } = values;
  const checkpoint = await nca.loadCheckpoint(values.model, readOptionsOf(values));
  const target = path ? await targetLike(checkpoint, values.model, { ...values, target: path }) : undefined;
  const notes = await notesFor(checkpoint, values, readingText(values));
  const converted = await encoded(checkpoint.rule, layout, { notes, steps });
  await nca.writeFileAtomic(values.out, converted.bytes);
  console.error(`Wrote ${values.out}.`);
  if (layout === "pytorch-module") {
    const weights = await weightsBeside(checkpoint.rule, notes, values);
    process.stdout.write(`NCA.from_safetensors(${JSON.stringify(weights)}) loads the weights.\n`);
  }
  if (!target) return;
  const options = { rngSeed, engine: engineOf(values) };
  const before = await logLossOf(checkpoint.rule, target, options);
  const after = await logLossOf(converted.rule, target, options);
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ logLoss: { [STEPS]: { before, after } } })}\n`);
    return;
  }
  process.stdout.write(
    `log loss at ${STEPS}, median of ${RUNS}: ${lossText(before)} before, ${lossText(after)} after\n`,
  );
});
