// npm run zoo: measures every rule in models/ and writes the tables in models/README.md.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as nca from "../lib/index.js";
import { runCommand, UsageError } from "./shared/command.js";
import { MODELS, modelNames } from "./shared/models.js";
import { Progress } from "./shared/progress.js";
import { type Entry, entryOf } from "./zoo/entry.js";
import { growthTable } from "./zoo/growth.js";
import { conditionsTable, crossTable, infectionTable } from "./zoo/infections.js";
import type { Report } from "./zoo/table.js";

const README = join(MODELS, "README.md");

interface Table {
  readonly name: string;
  readonly lines: (entries: readonly Entry[], onProgress: Report) => Promise<string[]>;
  /** How much of the time it takes, in per cent: roughly its samples times CA steps. */
  readonly share: number;
}

const TABLES: readonly Table[] = [
  { name: "growth", lines: growthTable, share: 15 },
  { name: "infections", lines: infectionTable, share: 24 },
  { name: "conditions", lines: conditionsTable, share: 38 },
  { name: "cross", lines: crossTable, share: 23 },
];

/** What lies between these lines is written by this command. */
function place(name: string): RegExp {
  return new RegExp(`(<!-- npm run zoo: ${name} -->\\n)[\\s\\S]*?(<!-- end -->)`);
}

/** Writes a table in its place, as soon as it is done. */
async function write(name: string, lines: readonly string[]): Promise<void> {
  const text = readFileSync(README, "utf8");
  const written = text.replace(place(name), (_, start, end) => `${start}\n${lines.join("\n")}\n\n${end}`);
  await nca.writeFileAtomic(README, new TextEncoder().encode(written));
}

const ALL = TABLES.map(({ name }) => name);

/** The tables of these names, all if there are none. Throws UsageError for a name that is no table's. */
function tablesNamed(names: readonly string[]): readonly Table[] {
  const unknown = names.find((name) => !ALL.includes(name));
  if (unknown) throw new UsageError(`There is no table "${unknown}"; expected ${ALL.join(", ")}.`);
  return TABLES.filter(({ name }) => names.length === 0 || names.includes(name));
}

async function zoo(names: readonly string[]): Promise<void> {
  const text = readFileSync(README, "utf8");
  const missing = TABLES.find(({ name }) => !place(name).test(text));
  if (missing)
    throw new nca.FileError(`${README} has no place for a table; expected ${place(missing.name)}.`);
  const tables = tablesNamed(names);
  const entries = await Promise.all(modelNames().map(entryOf));
  const total = tables.reduce((sum, { share }) => sum + share, 0);
  const progress = new Progress(total, 0, "%");
  let done = 0;
  for (const { name, lines, share } of tables) {
    const onProgress = (part: number) => progress.update(Math.min(total - 1, done + part * share), name);
    await write(name, await lines(entries, onProgress));
    done += share;
  }
  progress.update(total, "done");
}

await runCommand(
  "zoo",
  {},
  (_, names) => zoo(names),
  `the tables to write, all if none is named: ${ALL.join(", ")}`,
);
