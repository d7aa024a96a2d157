// A sweep's folder: for every training its rule, its row and, while it is under way, its state. A row that is there is done.

import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { FileError } from "../../lib/cells/errors.js";
import type { Json } from "../../lib/node.js";
import { statePathOf } from "../train/paths.js";
import type { Planned } from "./plan.js";

/** What a training came to. It holds no times and no places: whoever makes it makes the same. */
export interface Row {
  readonly id: string;
  readonly engine: string;
  readonly version: string;
  /** The SHA-256 of the rule: its specification and its weights. */
  readonly rule: string;
  /** How it was measured, as the plan says, and what `Task.measure` says. */
  readonly measure: Readonly<Record<string, number>>;
  readonly measured: Json;
}

/** Points of a loss curve: training step and log loss, smoothed. */
export type Curve = readonly (readonly [number, number])[];

/** A worker that has not touched its claim for so long is lost, in milliseconds. */
const LOST_MS = 300_000;

export class Folder {
  /** Nothing is made before `make`. */
  constructor(readonly path: string) {}

  /** Makes the folder. Throws FileError where it cannot be written. */
  make(): void {
    try {
      mkdirSync(this.path, { recursive: true });
      accessSync(this.path, constants.W_OK);
    } catch (error) {
      throw new FileError(
        `Cannot write to the folder ${this.path}: ${(error as Error).message.split(",")[0]}.`,
      );
    }
  }

  private at = (name: string) => join(this.path, name);
  private claimPath = ({ id }: Pick<Planned, "id">) => this.at(`${id}.claim`);

  /** Takes a training for this process, unless another that lives has taken it. */
  claim(one: Pick<Planned, "id">): boolean {
    const path = this.claimPath(one);
    const own = `${hostname()} ${process.pid}`;
    try {
      writeFileSync(path, own, { flag: "wx" });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const [host, pid] = touched > 0 ? readFileSync(path, "utf8").split(" ") : [];
    const isLost = Date.now() - touched > LOST_MS || (host === hostname() && !lives(Number(pid)));
    if (isLost) writeFileSync(path, own);
    return isLost;
  }

  /** Says that this process is still at work on a training. */
  touch = (one: Pick<Planned, "id">): void => {
    const now = new Date();
    try {
      utimesSync(this.claimPath(one), now, now);
    } catch {} // another took it for lost, and has ended
  };

  release = (one: Pick<Planned, "id">): void => rmSync(this.claimPath(one), { force: true });

  rule = ({ id }: Pick<Planned, "id">) => this.at(`${id}.safetensors`);
  preview = ({ id }: Pick<Planned, "id">) => this.at(`${id}.gif`);
  private rowPath = ({ id }: Pick<Planned, "id">) => this.at(`${id}.json`);
  private curvePath = ({ id }: Pick<Planned, "id">) => this.at(`${id}.curve.json`);

  /** The row of a training, if it was measured as the plan says. */
  row(one: Pick<Planned, "id" | "measure">): Row | undefined {
    const row = parsed<Row>(this.rowPath(one));
    return row && JSON.stringify(row.measure) === JSON.stringify(one.measure) ? row : undefined;
  }

  curve(one: Pick<Planned, "id">): Curve {
    return parsed<Curve>(this.curvePath(one)) ?? [];
  }

  isDone = (one: Pick<Planned, "id" | "measure">) => this.row(one) !== undefined;
  /** Whether it was trained to the end: a rule is written only then. */
  isTrained = (one: Pick<Planned, "id">) => existsSync(this.rule(one));
  isBegun = (one: Pick<Planned, "id">) => existsSync(statePathOf(this.rule(one)));

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
    const rows = plan.flatMap((one) => {
      const { id, engine, version, rule, measured } = this.row(one) ?? {};
      return id
        ? [{ id, name: one.name, flags: one.flags, engine, version, measured, rule } as TableRow]
        : [];
    });
    await this.write(this.at("table.json"), `${JSON.stringify(rows, null, 1)}\n`);
    await this.write(this.at("table.csv"), csvOf(rows));
    return rows.length;
  }
}

/** What a JSON file holds; undefined where there is none, or it is spoiled: then it is made again. */
function parsed<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine lives. */
function lives(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it is another user's
  }
}

/** A row as the table shows it: names and flags are the plan's. */
type TableRow = Omit<Row, "measure"> & Pick<Planned, "name" | "flags">;

/** Numbers and texts of a value by their places in it, as in logLoss.96.median. */
function flat(value: Json, place = ""): [string, string][] {
  if (value === null) return [[place, ""]]; // no number: what explodes is lost
  if (typeof value !== "object") return [[place, `${value}`]];
  return Object.entries(value).flatMap(([name, inner]) =>
    flat(inner as Json, place ? `${place}.${name}` : name),
  );
}

function csvOf(rows: readonly TableRow[]): string {
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
