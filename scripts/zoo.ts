// npm run zoo: measures every rule in models/ and writes the tables in models/README.md.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../lib/cells/errors.js";
import { command, RUNNING, runCommand } from "./shared/command.js";
import { chooseEngine, engineFlag } from "./shared/engine.js";
import { MODELS, modelNames } from "./shared/models.js";
import { Progress } from "./shared/progress.js";
import { checkNames } from "./shared/usage.js";
import type { Entry } from "./zoo/entry.js";
import type { Report } from "./zoo/table.js";

const README = join(MODELS, "README.md");

interface Table {
  readonly name: string;
  /** Undefined where what it is measured with is not there: then the table stays as it is. */
  readonly lines: (entries: readonly Entry[], onProgress: Report) => Promise<string[] | undefined>;
  /** How much of the time it takes, in per cent: roughly its samples times CA steps. */
  readonly share: number;
}

const TABLES: readonly Table[] = [
  {
    name: "growth",
    lines: async (...args) => (await import("./zoo/growth.js")).growthTable(...args),
    share: 15,
  },
  {
    name: "infections",
    lines: async (...args) => (await import("./zoo/infections.js")).infectionTable(...args),
    share: 24,
  },
  {
    name: "conditions",
    lines: async (...args) => (await import("./zoo/infections.js")).conditionsTable(...args),
    share: 38,
  },
  {
    name: "cross",
    lines: async (...args) => (await import("./zoo/infections.js")).crossTable(...args),
    share: 23,
  },
  {
    name: "digits",
    lines: async (_, onProgress) => (await import("./zoo/chapters.js")).digitsTable(onProgress),
    share: 15,
  },
  {
    name: "adversarial",
    lines: async (_, onProgress) => (await import("./zoo/chapters.js")).adversarialTable(onProgress),
    share: 10,
  },
  {
    name: "textures",
    lines: async (_, onProgress) => (await import("./zoo/chapters.js")).texturesTable(onProgress),
    share: 5,
  },
];

/** What lies between these lines is written by this command. */
function place(name: string): RegExp {
  return new RegExp(`(<!-- npm run zoo: ${name} -->\\n)[\\s\\S]*?(<!-- end -->)`);
}

/** Writes a table in its place, as soon as it is done. */
async function write(name: string, lines: readonly string[]): Promise<void> {
  const text = readFileSync(README, "utf8");
  const written = text.replace(place(name), (_, start, end) => `${start}\n${lines.join("\n")}\n\n${end}`);
  const nca = await import("../lib/node.js");
  await nca.writeFileAtomic(README, new TextEncoder().encode(written));
}

const ALL = TABLES.map(({ name }) => name);

/** Measures and writes the tables of these names, all if there are none. */
async function zoo(names: readonly string[]): Promise<void> {
  checkNames("There is no table", names, ALL);
  const text = readFileSync(README, "utf8");
  const missing = TABLES.find(({ name }) => !place(name).test(text));
  if (missing) throw new FileError(`${README} has no place for a table; expected ${place(missing.name)}.`);
  const tables = TABLES.filter(({ name }) => names.length === 0 || names.includes(name));
  const { entryOf } = await import("./zoo/entry.js");
  const entries = await Promise.all(modelNames().map(entryOf));
  const total = tables.reduce((sum, { share }) => sum + share, 0);
  const progress = new Progress(total, 0, "%");
  let done = 0;
  for (const { name, lines, share } of tables) {
    const onProgress = (part: number) => progress.update(Math.min(total - 1, done + part * share), name);
    const written = await lines(entries, onProgress);
    if (written) await write(name, written);
    else progress.say(`The table ${name} stays as it is: npm ci --prefix test/tools brings what it needs.`);
    done += share;
  }
  progress.update(total, "done");
}

export const zooFlags = command(
  "zoo",
  "Measures every rule in models/ and writes the tables in models/README.md.",
  ["", "growth infections"],
)
  .argument("[name...]", `the tables to write, all if none is named: ${ALL.join(", ")}`)
  .optionsGroup(RUNNING)
  .addOption(engineFlag());

await runCommand(import.meta.url, zooFlags, ({ names, values }) => {
  chooseEngine(values);
  return zoo(names);
});
