// What the tables of models/README.md say about a rule, in words for people.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_SPEC, parameterCount } from "../../lib/node.js";
import { MODELS } from "../shared/models.js";

/** From this share of cuts on a rule is said to heal, in percent. */
const HEALS = 80;

/** Rows of a table of the zoo, by the rule's name: cells by the beginning of their column's head. */
function table(name: string): ReadonlyMap<string, (head: string) => string> {
  const text = readFileSync(join(MODELS, "README.md"), "utf8");
  const part = text.split(`<!-- npm run zoo: ${name} -->`)[1]?.split("<!-- end -->")[0] ?? "";
  const [heads = [], , ...rows] = part
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return new Map(
    rows.map((cells) => {
      const at = (head: string) => cells[heads.findIndex((one) => one.startsWith(head))] ?? "";
      return [cells[0].replaceAll("`", ""), at];
    }),
  );
}

/** "95 % of 160" as a number. */
const percentIn = (cell: string | undefined) => {
  const percent = /^(\d+) % of \d+/.exec(cell ?? "")?.[1];
  return percent === undefined ? undefined : Number(percent);
};

const cutsOf = (rule: string) => percentIn(table("growth").get(rule)?.("cuts"));
const successOf = (rule: string) => percentIn(table("infections").get(rule)?.("success"));

export function healsWell(rule: string): boolean {
  return (cutsOf(rule) ?? 0) >= HEALS;
}

/** How well a rule heals; nothing for one that was never measured. */
export function healingOf(rule: string): string | undefined {
  const cuts = cutsOf(rule);
  return cuts === undefined ? undefined : `Grew from one cell. Heals ${cuts} of 100 cuts.`;
}

/** How often an infection succeeds; nothing for one that was never measured. */
export function infectionOf(rule: string): string | undefined {
  const success = successOf(rule);
  const steps = table("infections").get(rule)?.("CA steps to success");
  return success === undefined
    ? undefined
    : `One infected cell is enough for ${success} of 100 ${rule.split("-to-")[0]}s, in about ${steps} steps.`;
}

/** What the story says of all rules: of the healing ones' cuts, and of the infections' trials. */
export function storyFacts(): { weights: string; healing: string; infection: string } {
  const range = (values: readonly number[], of: string) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return `${low === high ? low : `${low} to ${high}`} of 100 ${of}`;
  };
  const cuts = [...table("growth").keys()].filter(healsWell).map((rule) => cutsOf(rule)!);
  const shares = [...table("infections").keys()].flatMap((rule) => successOf(rule) ?? []);
  return {
    weights: parameterCount(DEFAULT_SPEC).toLocaleString("en"),
    healing: cuts.length > 0 ? `They grow back after ${range(cuts, "cuts")}.` : "",
    infection: shares.length > 0 ? `It takes over ${range(shares, "hosts")}, from one cell.` : "",
  };
}
