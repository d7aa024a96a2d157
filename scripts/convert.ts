// npm run convert: writes a rule in another format, and says what 8 bits cost.

import { Option } from "@commander-js/extra-typings";
import type * as nca from "../lib/index.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { engineFlag, engineOf } from "./shared/engine.js";
import { file, modelFlag, oneOf, rngSeedFlag } from "./shared/flags.js";
import {
  aliveMaskFlag,
  boundaryFlag,
  coloursFlag,
  featuresFlag,
  gradientsFlag,
  READING,
  readingText,
  readOptionsOf,
  sobelScaleFlag,
  submodelFlag,
} from "./shared/reading.js";
import { recipeOf } from "./shared/recipe.js";
import { quoted } from "./shared/shell.js";
import { paddingFlag, sizeFlag, targetFlag, targetFor } from "./shared/target.js";
import { lossText } from "./shared/text.js";
import { UsageError } from "./shared/usage.js";

const LAYOUTS = ["nca", "pytorch"] as const;
/** When and how often the loss is taken. */
const STEPS = 200;
const RUNS = 8;

export const convertFlags = command(
  "convert",
  "Writes a rule in another format, and says what 8 bits cost.",
  [
    "--model training.pt --submodel ema --out rule.safetensors",
    "--model models/bird.safetensors --out bird.json --target targets/bird.png",
  ],
)
  .optionsGroup("What to convert:")
  .addOption(modelFlag())
  .addOption(
    file(
      "--out <file>",
      "where it goes: a .safetensors file, or a .json for Distill's demo, in 8 bits",
    ).makeOptionMandatory(),
  )
  .addOption(
    oneOf(
      "--layout <name>",
      "tensors of a .safetensors file, ours or those of a PyTorch state dict (model.0.weight, ...)",
      LAYOUTS,
    ).default("nca"),
  )
  .optionsGroup(READING)
  .addOption(submodelFlag())
  .addOption(gradientsFlag())
  .addOption(featuresFlag())
  .addOption(sobelScaleFlag())
  .addOption(boundaryFlag())
  .addOption(aliveMaskFlag())
  .addOption(coloursFlag())
  .optionsGroup("What 8 bits cost:")
  .addOption(targetFlag("that it grows: then a .json's log loss is printed before and after"))
  .addOption(sizeFlag())
  .addOption(paddingFlag())
  .optionsGroup(RUNNING)
  .addOption(rngSeedFlag("the coins"))
  .addOption(new Option("--json", "print the losses as one JSON document"))
  .addOption(engineFlag());

/** The bytes of the file to be written, and the rule that they then hold. */
async function convert(
  rule: nca.Rule,
  notes: nca.CheckpointNotes,
  out: string,
  layout: string,
): Promise<nca.DistillModel> {
  const nca = await import("../lib/index.js");
  if (out.endsWith(".json")) return nca.encodeDistill(rule);
  return { rule, bytes: layout === "pytorch" ? nca.encodeStateDict(rule) : nca.encodeRule(rule, notes) };
}

/** Median log loss after `STEPS` CA steps, over growths that each toss their own coins. */
async function logLossOf(
  rule: nca.Rule,
  target: nca.Target,
  options: { readonly rngSeed: number; readonly engine?: nca.Engine },
): Promise<number> {
  const nca = await import("../lib/index.js");
  const { channels, premultiplied } = rule.spec;
  const seeds = nca.seedCells(RUNS, target.height, target.width, channels, premultiplied);
  const cells = await nca.stateAt(rule, seeds, STEPS, options);
  return nca.summaryOfLosses([...nca.pictureLosses(cells, target)].map(nca.logLoss)).median;
}

/** Throws UsageError unless the name has the ending of a kind of file, and that kind can have the layout. */
function checkOut(out: string, layout: string): void {
  const kind = [".safetensors", ".json"].find((ending) => out.endsWith(ending));
  if (!kind) throw new UsageError(`--out is "${out}"; expected a name that ends in .safetensors or .json.`);
  if (kind === ".json" && layout !== "nca")
    throw new UsageError(`--layout ${layout} is of a .safetensors file; --out is "${out}".`);
}

await runCommand(import.meta.url, convertFlags, async ({ values }) => {
  const { layout, rngSeed } = values;
  checkOut(values.out, layout);
  const { target: path } = values;
  if (values.json && !path) throw new UsageError("--json prints log losses, which need --target.");
  const nca = await import("../lib/index.js");
  const { rule, notes } = await nca.loadCheckpoint(values.model, readOptionsOf(values));
  const target = path ? await targetFor(rule, { ...values, target: path }) : undefined;
  const recipe = recipeOf(notes, values.model);
  const command = `npm run convert -- --model ${quoted(values.model)} --out ${quoted(values.out)}${readingText(values)}`;
  const { command: _command, trainingStep: _step, ...others } = notes; // a recipe says both
  const kept = recipe.length > 0 ? { ...others, ...nca.notesOf(recipe) } : { command, ...notes };
  const converted = await convert(rule, kept, values.out, layout);
  await nca.writeFileAtomic(values.out, converted.bytes);
  if (!target) return;
  const options = { rngSeed, engine: engineOf(values) };
  const before = await logLossOf(rule, target, options);
  const after = await logLossOf(converted.rule, target, options);
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ logLoss: { [STEPS]: { before, after } } })}\n`);
    return;
  }
  process.stdout.write(
    `log loss at ${STEPS}, median of ${RUNS}: ${lossText(before)} before, ${lossText(after)} after\n`,
  );
});
