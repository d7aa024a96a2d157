// A sweep's folder: for every training its rule, its row and, while it is under way, its state. A row that is there is done.

import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../lib/node.js";
import { statePathOf } from "../train/paths.js";
import type { Planned } from "./plan.js";

/** What a training came to. It holds no times and no places: whoever makes it makes the same. */
export interface Row {
  readonly id: string;
  readonly name?: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly engine: string;
  readonly version: string;
  /** The SHA-256 of the rule: its specification and its weights. */
  readonly rule: string;
  /** What `Task.measure` says. */
  readonly measured: Json;
}

/** Points of a loss curve: training step and log loss, smoothed. */
export type Curve = readonly (readonly [number, number])[];

export class Folder {
  constructor(readonly path: string) {
    mkdirSync(path, { recursive: true });
  }

  private at = (name: string) => join(this.path, name);
  rule = ({ id }: Pick<Planned, "id">) => this.at(`${id}.safetensors`);
  preview = ({ id }: Pick<Planned, "id">) => this.at(`${id}.gif`);
  private rowPath = ({ id }: Pick<Planned, "id">) => this.at(`${id}.json`);
  private curvePath = ({ id }: Pick<Planned, "id">) => this.at(`${id}.curve.json`);

  row(one: Pick<Planned, "id">): Row | undefined {
    const path = this.rowPath(one);
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Row) : undefined;
  }

  curve(one: Pick<Planned, "id">): Curve {
    const path = this.curvePath(one);
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Curve) : [];
  }

  isDone = (one: Pick<Planned, "id">) => existsSync(this.rowPath(one));
  /** Whether it was trained to the end: its state is gone. */
  isTrained = (one: Pick<Planned, "id">) =>
    existsSync(this.rule(one)) && !existsSync(statePathOf(this.rule(one)));
  isBegun = (one: Pick<Planned, "id">) => existsSync(statePathOf(this.rule(one)));

  /** When its state was last written, in milliseconds since 1970; 0 where there is none. */
  touched(one: Pick<Planned, "id">): number {
    return statSync(statePathOf(this.rule(one)), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  private async write(path: string, text: string): Promise<void> {
    const nca = await import("../../lib/node.js");
    await nca.writeFileAtomic(path, new TextEncoder().encode(text));
  }

  putRow = (row: Row) => this.write(this.rowPath(row), `${JSON.stringify(row)}\n`);
  putCurve = (one: Pick<Planned, "id">, curve: Curve) =>
    this.write(this.curvePath(one), `${JSON.stringify(curve)}\n`);
  putPage = (page: string) => this.write(this.at("index.html"), page);

  /** The table of all rows that are there, in the plan's order, as JSON and as CSV. Returns how many there are. */
  async putTable(plan: readonly Planned[]): Promise<number> {
    const rows = plan.flatMap((one) => this.row(one) ?? []);
    await this.write(this.at("table.json"), `${JSON.stringify(rows, null, 1)}\n`);
    await this.write(this.at("table.csv"), csvOf(rows));
    return rows.length;
  }
}

/** Numbers and texts of a value by their places in it, as in logLoss.96.median. */
function flat(value: Json, place = ""): [string, string][] {
  if (typeof value !== "object" || value === null) return [[place, `${value}`]];
  return Object.entries(value).flatMap(([name, inner]) =>
    flat(inner as Json, place ? `${place}.${name}` : name),
  );
}

function csvOf(rows: readonly Row[]): string {
  const parts = rows.map(({ id, name = "", flags, engine, version, rule, measured }) => [
    { id, name },
    flags,
    { engine, version },
    Object.fromEntries(flat(measured)),
    { rule },
  ]);
  // every part's columns stand together, whichever row has them first
  const heads = [0, 1, 2, 3, 4].map((i) => [...new Set(parts.flatMap((part) => Object.keys(part[i])))]);
  const cell = (text = "") => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = parts.map((part) =>
    heads.flatMap((names, i) => names.map((name) => (part[i] as Record<string, string>)[name])),
  );
  return [heads.flat(), ...lines].map((line) => `${line.map(cell).join(",")}\n`).join("");
}
