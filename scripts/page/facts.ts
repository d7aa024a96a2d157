// What the tables of models/README.md say about a rule, in words for people.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MODELS } from "../shared/models.js";

/** The cells of every row of a table of the zoo, by the rule's name. */
function rowsOf(table: string): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(MODELS, "README.md"), "utf8");
  const part = text.split(`<!-- npm run zoo: ${table} -->`)[1]?.split("<!-- end -->")[0] ?? "";
  const rows = part.split("\n").filter((line) => line.startsWith("| `"));
  return new Map(
    rows.map((row) => {
      const [name, ...cells] = row.split("|").slice(1, -1);
      return [name.trim().replaceAll("`", ""), cells.map((cell) => cell.trim())];
    }),
  );
}

const growths = rowsOf("growth");
const infections = rowsOf("infections");
/** Weights of a rule of 16 channels and 128 hidden units. */
const WEIGHTS = 8336;

/** Whether a rule was trained to heal. */
const healsBy = (name: string) => name.endsWith("-regenerating");

const percentIn = (cell = "") => /^(\d+) % of (\d+)/.exec(cell)?.slice(1).map(Number);

/** How well a rule heals; nothing for one that was never measured. */
export function healingOf(rule: string): string | undefined {
  const cuts = percentIn(growths.get(rule)?.[4]);
  if (!cuts) return undefined;
  return `Grew from one cell. Heals ${cuts[0]} of 100 cuts.`;
}

/** How often an infection succeeds; nothing for one that was never measured. */
export function infectionOf(rule: string): string | undefined {
  const [success, steps] = infections.get(rule) ?? [];
  const share = percentIn(success);
  if (!share) return undefined;
  return `From one cell it takes over ${share[0]} of 100, in about ${steps} steps.`;
}

/** What the story says of all rules: of the healing ones' cuts, and of the infections' trials. */
export function storyFacts(): { weights: string; healing: string; infection: string } {
  const range = (values: readonly number[], of: string) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return `${low === high ? low : `${low} to ${high}`} of 100 ${of}`;
  };
  const cuts = [...growths]
    .filter(([name]) => healsBy(name))
    .map(([, cells]) => percentIn(cells[4])?.[0] ?? 0);
  const shares = [...infections.values()].map(([success]) => percentIn(success)?.[0] ?? 0);
  return {
    weights: WEIGHTS.toLocaleString("en"),
    healing: cuts.length > 0 ? `They grow back after ${range(cuts, "cuts")}.` : "",
    infection: shares.length > 0 ? `It takes over ${range(shares, "hosts")}, from one cell.` : "",
  };
}
