// npm run zoo: evaluates every rule in models/ and writes the table in models/README.md.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "#scripts/root.mjs";
import * as nca from "../lib/index.js";
import { lossText, runCommand } from "./command.js";
import { MODELS, modelNames, modelPath } from "./models.js";
import { Progress } from "./progress.js";
import { stagesOf, valuesOf } from "./recipe.js";
import { targetFor } from "./target.js";

const README = join(MODELS, "README.md");
/** What lies between these lines is written by this command. */
const TABLE = /(<!-- npm run zoo -->\n)[\s\S]*?(<!-- end -->)/;
const HEAD = [
  "| file | log loss at 96 | 200 | 1,000 | 10,000 | recovered at +200 | +1,000 |",
  "|---|---|---|---|---|---|---|",
];

/** A row of the table. */
function row(name: string, { logLoss, recovery }: nca.Evaluation): string {
  const losses = Object.values(logLoss).map(
    ({ median, worst }) => `${lossText(median)} (${lossText(worst)})`,
  );
  const recovered = Object.values(recovery).map((at) => `${Math.round(at.recovered * 100)} % of ${at.cases}`);
  return `| \`${name}.safetensors\` | ${[...losses, ...recovered].join(" | ")} |`;
}

await runCommand("zoo", {}, async () => {
  const text = readFileSync(README, "utf8");
  if (!TABLE.test(text)) throw new nca.FileError(`${README} has no place for the table; expected ${TABLE}.`);
  const names = modelNames();
  const rows: string[] = [];
  const progress = new Progress(names.length, 0, "models");
  for (const [done, name] of names.entries()) {
    const { rule, notes } = await nca.loadCheckpoint(modelPath(name));
    const values = valuesOf(stagesOf(notes.command).at(-1) ?? "");
    if (values.host) continue; // an infection grows nothing by itself
    const target = await targetFor(rule, { ...values, target: join(root, values.target) });
    const onProgress = (part: number) => progress.update(done + part, name);
    rows.push(row(name, nca.evaluate(rule, target, { onProgress })));
  }
  progress.update(names.length, "done");
  const table = [...HEAD, ...rows].join("\n");
  const written = text.replace(TABLE, (_, start, end) => `${start}\n${table}\n\n${end}`);
  await nca.writeFileAtomic(README, new TextEncoder().encode(written));
});
