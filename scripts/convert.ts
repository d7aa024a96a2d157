// npm run convert: a rule from one format into another, and what 8 bits cost.

import * as nca from "../lib/index.js";
import {
  lossText,
  MODEL_FILES,
  oneOf,
  quoted,
  runCommand,
  UsageError,
  wholeNumber,
} from "./shared/command.js";
import { sizeFlags, targetFor } from "./shared/target.js";

const LAYOUTS = ["nca", "pytorch"] as const;
/** When and how often the loss is taken. */
const STEPS = 200;
const RUNS = 8;

const flags = {
  model: { help: `the rule: ${MODEL_FILES}` },
  out: { help: "where it goes: a .safetensors file, or a .json for Distill's demo, in 8 bits" },
  layout: {
    help: "tensors of a .safetensors file: nca is ours, pytorch a state dict (model.0.weight, ...)",
    value: "nca",
  },
  target: { help: "the PNG that it grows: then a .json's log loss is printed before and after", value: "" },
  ...sizeFlags,
  "rng-seed": { help: "starts the coins", value: "0" },
  json: { help: "print the losses as one JSON document", value: false },
} as const;

/** The rule in the bytes of the file to be written, and the rule that it then is. */
function convert(rule: nca.Rule, notes: nca.CheckpointNotes, out: string, layout: string): nca.DistillModel {
  if (out.endsWith(".json")) return nca.encodeDistill(rule);
  return { rule, bytes: layout === "pytorch" ? nca.encodeStateDict(rule) : nca.encodeRule(rule, notes) };
}

/** Median log loss after `STEPS` CA steps, over growths with other coins each. */
async function logLossOf(rule: nca.Rule, target: nca.Target, rngSeed: number): Promise<number> {
  const { channels, premultiplied } = rule.spec;
  const seeds = nca.seedCells(RUNS, target.height, target.width, channels, premultiplied);
  const cells = await nca.stateAt(rule, seeds, STEPS, { rngSeed });
  return nca.summaryOfLosses([...nca.pictureLosses(cells, target)].map(nca.logLoss)).median;
}

/** The kind of file that the name asks for. Throws UsageError when there is none such, or none such with tensors. */
function checkOut(out: string, layout: string): void {
  const kind = [".safetensors", ".json"].find((ending) => out.endsWith(ending));
  if (!kind) throw new UsageError(`--out is "${out}"; expected a name that ends in .safetensors or .json.`);
  if (kind === ".json" && layout !== "nca")
    throw new UsageError(`--layout ${layout} is of a .safetensors file; --out is "${out}".`);
}

await runCommand("convert", flags, async (values) => {
  const layout = oneOf("layout", values.layout, LAYOUTS);
  checkOut(values.out, layout);
  if (values.json && !values.target) throw new UsageError("--json prints log losses, which need --target.");
  const { rule, notes } = await nca.loadCheckpoint(values.model);
  const target = values.target ? await targetFor(rule, values) : undefined;
  const rngSeed = wholeNumber("rng-seed", values["rng-seed"]);
  const command = `npm run convert -- --model ${quoted(values.model)} --out ${quoted(values.out)}`;
  const converted = convert(rule, { command, ...notes }, values.out, layout);
  await nca.writeFileAtomic(values.out, converted.bytes);
  if (!target) return;
  const before = await logLossOf(rule, target, rngSeed);
  const after = await logLossOf(converted.rule, target, rngSeed);
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ logLoss: { [STEPS]: { before, after } } })}\n`);
    return;
  }
  process.stdout.write(
    `log loss at ${STEPS}, median of ${RUNS}: ${lossText(before)} before, ${lossText(after)} after\n`,
  );
});
