// The tables in models/README.md: how they are made, and that every rule is in them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { emptyCells } from "../../lib/cells/cells.js";
import { createRule } from "../../lib/rule/rule.js";
import { strainsOf, withStrain } from "../../lib/rule/strains.js";
import { MODELS, modelNames, modelPath } from "../../scripts/shared/models.js";
import { type Entry, entryOf } from "../../scripts/zoo/entry.js";
import { growthTable } from "../../scripts/zoo/growth.js";
import { conditionsTable, crossings, crossTable, infectionTable } from "../../scripts/zoo/infections.js";

const FEW = { usual: 2, condition: 1, long: 1 };
const readme = readFileSync(join(MODELS, "README.md"), "utf8");
const cellsOf = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const named = (cell: string) => cell.replaceAll("`", "");

/** The head and the rows of a table as it stands in the README. */
function written(table: string) {
  const found = new RegExp(`<!-- npm run zoo: ${table} -->([\\s\\S]*?)<!-- end -->`).exec(readme);
  assert.ok(found, `models/README.md has a place for ${table}`);
  const [head, _rule, ...rows] = found[1].trim().split("\n").map(cellsOf);
  for (const row of rows) assert.equal(row.length, head.length, `${table}: ${row}`);
  return { head, names: rows.map(([name]) => named(name)) };
}

test("every rule is in its tables, else run npm run zoo", async () => {
  const entries = await Promise.all(modelNames().map(entryOf));
  const names = (keep: (entry: Entry) => boolean) => entries.filter(keep).map(({ name }) => name);
  assert.deepEqual(
    written("growth").names,
    names(({ infects }) => !infects),
  );
  const infections = names(({ infects }) => infects !== undefined);
  assert.deepEqual(written("infections").names, infections);
  assert.deepEqual(written("conditions").names, infections);
  assert.deepEqual(written("conditions").head, cellsOf((await conditionsTable([], () => {}))[0]));
  const cross = written("cross");
  const expected = crossings(entries);
  assert.deepEqual(
    cross.names,
    expected.infections.map(({ name }) => name),
  );
  assert.deepEqual(
    cross.head.slice(1).map(named),
    expected.hosts.map(({ name }) => name),
  );
});

test("a cure's entry has the infection that it infects", async () => {
  const { picture, infects } = await entryOf("bird-to-lizard-cure");
  assert.equal(picture, "targets/bird.png");
  assert.equal(infects?.hostPath, modelPath("bird"));
  assert.equal(infects.strains.rules.length, 2);
  assert.equal(infects.isCure, true);
});

const rule = createRule({ hidden: 8, rngSeed: 1 });
const target = { ...emptyCells(1, 24, 24, 4), data: new Float32Array(24 * 24 * 4).fill(0.5) };
const alone = strainsOf(rule);
const two = withStrain(alone, rule, 0.5);
const growing = (name: string): Entry => ({
  name,
  rule,
  picture: `targets/${name}.png`,
  target,
  infects: undefined,
});
const infection = (name: string, picture: string, strains: typeof alone, isCure: boolean): Entry => ({
  ...growing(name),
  picture: `targets/${picture}.png`,
  infects: { hostPath: modelPath("a"), otherPaths: [], strains, isCure },
});
const madeUp = [
  growing("a"),
  growing("b"),
  growing("c"),
  infection("a-to-b", "b", alone, false),
  infection("a-to-b-cure", "a", two, true),
];

test("a table has a cell for each head, and its progress goes from 0 to 1", async () => {
  const tables: Record<string, [typeof infectionTable, string[]]> = {
    infections: [infectionTable, ["a-to-b", "a-to-b-cure"]],
    conditions: [conditionsTable, ["a-to-b", "a-to-b-cure"]],
    cross: [crossTable, ["a-to-b"]],
    growth: [growthTable, ["a", "b", "c"]],
  };
  for (const [name, [table, names]] of Object.entries(tables)) {
    let done = 0;
    const report = (part: number) => {
      assert.ok(part >= done && part <= 1, `${name}: ${part} after ${done}`);
      done = part;
    };
    const [head, line, ...rows] = (await table(madeUp, report, FEW)).map(cellsOf);
    assert.equal(done, 1);
    assert.deepEqual(
      rows.map(([name]) => named(name)),
      names,
    );
    for (const row of [line, ...rows]) assert.equal(row.length, head.length, `${name}: ${row}`);
  }
});

test("an infection is tried on foreign hosts alone", async () => {
  const [head, _line, row] = (await crossTable(madeUp, () => {}, FEW)).map(cellsOf);
  assert.deepEqual(head, ["infection", "`c`"]); // a is its own host, b shows its picture
  assert.match(row[1], /^0 %, /); // an untrained rule changes nothing
});
