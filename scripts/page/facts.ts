// What the tables of models/README.md say about a rule, in words for people.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_SPEC, parameterCount } from "../../lib/node.js";
import { MODELS } from "../shared/models.js";

/** From this share of cuts on a rule is said to heal, in percent. */
const HEALS = 80;

type Table = ReadonlyMap<string, (head: string) => string>;

/** Rows of a table of the zoo, by the rule's name: cells by the beginning of their column's head. */
function table(text: string, name: string): Table {
  const part = text.split(`<!-- npm run zoo: ${name} -->`)[1]?.split("<!-- end -->")[0] ?? "";
  const lines = part.split("\n").filter((line) => line.startsWith("|"));
  const cellsOf = (line: string) => line.slice(1, -1).split("|");
  const [heads = [], , ...rows] = lines.map((line) => cellsOf(line).map((cell) => cell.trim()));
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

/** Several shares in words, such as "91 to 97 of 100 cuts". */
function range(values: readonly number[], of: string): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${low === high ? low : `${low} to ${high}`} of 100 ${of}`;
}

export class Facts {
  private readonly growths: Table;
  private readonly infections: Table;

  constructor() {
    const text = readFileSync(join(MODELS, "README.md"), "utf8");
    [this.growths, this.infections] = [table(text, "growth"), table(text, "infections")];
  }

  private cutsOf(rule: string): number | undefined {
    return percentIn(this.growths.get(rule)?.("cuts"));
  }

  private successOf(rule: string): number | undefined {
    return percentIn(this.infections.get(rule)?.("success"));
  }

  healsWell(rule: string): boolean {
    return (this.cutsOf(rule) ?? 0) >= HEALS;
  }

  /** How well a rule heals; nothing for one that was never measured. */
  healing(rule: string): string | undefined {
    const cuts = this.cutsOf(rule);
    return cuts === undefined ? undefined : `Grew from one cell. Heals ${cuts} of 100 cuts.`;
  }

  /** How often an infection succeeds; nothing for one that was never measured. */
  infection(rule: string): string | undefined {
    const success = this.successOf(rule);
    if (success === undefined) return undefined;
    const [host] = rule.split("-to-");
    const steps = this.infections.get(rule)?.("CA steps to success");
    return `One infected cell is enough for ${success} of 100 ${host}s, in about ${steps} steps.`;
  }

  /** What the story says of all rules: of the healing ones' cuts, and of the infections' trials. */
  get story(): { weights: string; healing: string; infection: string } {
    const healing = [...this.growths.keys()].filter((rule) => this.healsWell(rule));
    const cuts = healing.map((rule) => this.cutsOf(rule)!);
    const shares = [...this.infections.keys()].flatMap((rule) => this.successOf(rule) ?? []);
    return {
      weights: parameterCount(DEFAULT_SPEC).toLocaleString("en"),
      healing: cuts.length > 0 ? `They grow back after ${range(cuts, "cuts")}.` : "",
      infection: shares.length > 0 ? `It takes over ${range(shares, "hosts")}, from one cell.` : "",
    };
  }
}
