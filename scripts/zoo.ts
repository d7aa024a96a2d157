// npm run zoo: measures every rule in models/ and writes the tables in models/README.md.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as nca from "../lib/index.js";
import { runCommand } from "./command.js";
import { MODELS, modelNames } from "./models.js";
import { Progress } from "./progress.js";
import { type Entry, entryOf } from "./zoo/entry.js";
import { growthTable } from "./zoo/growth.js";
import { conditionsTable, crossTable, infectionTable } from "./zoo/infections.js";

const README = join(MODELS, "README.md");

/** What each table is of, and its rows; the steps tell the progress bar how far they are, from 0 to 1. */
const TABLES: Record<string, (entries: readonly Entry[], onProgress: (done: number) => void) => string[]> = {
  growth: growthTable,
  infections: infectionTable,
  conditions: conditionsTable,
  cross: crossTable,
};

/** What lies between these lines is written by this command. */
function place(name: string): RegExp {
  return new RegExp(`(<!-- npm run zoo: ${name} -->\\n)[\\s\\S]*?(<!-- end -->)`);
}

await runCommand("zoo", {}, async () => {
  let text = readFileSync(README, "utf8");
  const missing = Object.keys(TABLES).find((name) => !place(name).test(text));
  if (missing) throw new nca.FileError(`${README} has no place for a table; expected ${place(missing)}.`);
  const entries = await Promise.all(modelNames().map(entryOf));
  const progress = new Progress(Object.keys(TABLES).length, 0, "tables");
  for (const [done, [name, table]] of Object.entries(TABLES).entries()) {
    const lines = table(entries, (part) => progress.update(done + part, name));
    text = text.replace(place(name), (_, start, end) => `${start}\n${lines.join("\n")}\n\n${end}`);
  }
  progress.update(Object.keys(TABLES).length, "done");
  await nca.writeFileAtomic(README, new TextEncoder().encode(text));
});
