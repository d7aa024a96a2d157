// A grid that lives on a page, and what a user can do to it. It knows nothing of the page.

import { ALPHA, type Cells, copyCells, emptyCells, type Target, withStrains } from "../cells/cells.js";
import { checkInteger, InvalidInputError } from "../cells/errors.js";
import { pictureLosses } from "../cells/picture-loss.js";
import { combine, hashOf, hex, Random } from "../cells/random.js";
import { wound } from "../cells/wound.js";
import type { Engine } from "../engine/engine.js";
import { defaultEngine } from "../engine/engines.js";
import { MAX_SIZE } from "../engine/grow.js";
import { infectAtRandom, matureCells } from "../infection/infect.js";
import type { Rule } from "../rule/rule.js";
import { seedFor } from "../rule/seeds.js";
import { isMature, type RuleSpec } from "../rule/spec.js";
import type { Strains } from "../rule/strains.js";
import { logLoss } from "../train/loss.js";
import { copyArea } from "./area.js";
import type { Scene } from "./scene.js";

/** CA steps by which an engine's speed is measured. */
const TRIED = 4;

/** Keeps the random points apart from the coins of the same rngSeed. */
const POINTS_STREAM = 7;

/** Cells that all have a strain. */
export type StrainedCells = Cells & { readonly strains: Uint8Array };

export interface WorldOptions {
  /** Seeds the coin tosses and the random points; 0 if not given. */
  readonly rngSeed?: number;
  /** The engine that computes it; the one from `defaultEngine` if not given. */
  readonly engine?: Engine;
  /** Sides of a square grid, in cells; the targets' own if not given. */
  readonly side?: number;
}

/** A state that a world can go back to. */
export interface Snapshot {
  readonly cells: StrainedCells;
  readonly age: number;
}

function isWithin(dx: number, dy: number, radius: number): boolean {
  return dx * dx + dy * dy <= radius * radius;
}

export class World {
  /** CA steps since the start. */
  age = 0;
  cells: StrainedCells;
  engine: Engine;
  readonly rngSeed: number;
  private readonly side?: number;
  private points: Random;
  /** Counts what makes the result of steps under way worthless: resets, and states that were put back. */
  private life = 0;
  /** Changes made while steps are under way, to be made again in the state that they lead to. */
  private changes?: ((cells: StrainedCells) => void)[];
  /** The turn of every cell's perception against the rules' own, in radians. */
  private turned = 0;
  private strains: Strains;
  /** Whether nobody has changed the cells since the engine returned them, and which engine that was. */
  private from?: Engine;

  /** Starts with the scene's seeds. Throws InvalidInputError for a grid that is too small for them. */
  constructor(
    public scene: Scene,
    { rngSeed = 0, engine = defaultEngine(), side }: WorldOptions = {},
  ) {
    if (side !== undefined) checkInteger("The side of a world", side, 1, MAX_SIZE);
    [this.rngSeed, this.engine, this.side] = [rngSeed, engine, side];
    this.strains = this.strainsNow();
    this.points = new Random(combine(rngSeed, POINTS_STREAM));
    this.cells = this.born();
  }

  private strainsNow(): Strains {
    const { strains, spread } = this.scene;
    return { rules: strains.map(({ rule }) => this.turnedRule(rule)), spread };
  }

  private turnedRule(rule: Rule): Rule {
    const { spec } = rule;
    return this.turned === 0 ? rule : { ...rule, spec: { ...spec, angle: spec.angle + this.turned } };
  }

  /** Sides of the grid, and the columns that one body has: strains that live apart stand side by side. */
  private get sides() {
    const { strains, isApart } = this.scene;
    const { height, width } = strains[0].target;
    const bodies = isApart ? strains.length : 1;
    return { height: this.side ?? height, width: (this.side ?? width) * bodies, bodies };
  }

  private born(): StrainedCells {
    const [{ rule }] = this.scene.strains;
    const { height, width, bodies } = this.sides;
    const { channels, premultiplied } = rule.spec;
    const cells = withStrains(emptyCells(1, height, width, channels, premultiplied));
    for (let strain = 0; strain < bodies; strain++) {
      const body = withStrains(seedFor(this.scene.strains[strain].rule, { height, width: width / bodies }));
      body.strains.fill(strain);
      copyArea(body, cells, (width / bodies) * strain, 0);
    }
    return cells;
  }

  get spec(): RuleSpec {
    return this.strains.rules[0].spec;
  }

  /** Starts again, with the same coin tosses. */
  reset(): void {
    this.points = new Random(combine(this.rngSeed, POINTS_STREAM));
    this.restore({ cells: this.born(), age: 0 });
  }

  /** Lives for `steps` CA steps. What is changed meanwhile is changed in the state that they lead to as well. */
  async advance(steps: number): Promise<void> {
    if (this.isBusy) throw new InvalidInputError("CA steps are under way; await them before the next.");
    const { life, engine } = this;
    this.changes = [];
    try {
      const goesOn = this.from === engine;
      const options = { steps, rngSeed: this.rngSeed, firstStep: this.age, goesOn };
      const cells = withStrains(await engine.grow(this.strains, this.cells, options));
      if (life !== this.life) return; // it was reset meanwhile
      this.cells = cells;
      this.age += steps;
      this.from = this.changes?.length === 0 ? engine : undefined;
      for (const change of this.changes ?? []) change(cells);
    } finally {
      this.changes = undefined;
    }
  }

  /** The milliseconds that a CA step takes on another engine, measured on a few; the world stays as it is. */
  async millisecondsOn(engine: Engine): Promise<number> {
    const { strains, cells, rngSeed, age: firstStep } = this;
    await engine.grow(strains, cells, { steps: 1, rngSeed, firstStep }); // compiles
    const start = performance.now();
    await engine.grow(strains, cells, { steps: TRIED, rngSeed, firstStep });
    return (performance.now() - start) / TRIED;
  }

  /** Changes the cells, now and where steps under way lead to. */
  private change(change: (cells: StrainedCells) => void): void {
    this.from = undefined;
    change(this.cells);
    this.changes?.push(change);
  }

  /** Whether the cells can go on under the rules of another scene. */
  canFollow(scene: Scene): boolean {
    const { channels, premultiplied } = scene.strains[0].rule.spec;
    const { cells } = this;
    const isAlike = channels === cells.channels && premultiplied === cells.premultiplied;
    return isAlike && !this.scene.isApart === !scene.isApart;
  }

  /** Other rules from the next CA step on; the cells stay. Throws InvalidInputError where they cannot. */
  follow(scene: Scene): void {
    if (!this.canFollow(scene)) {
      throw new InvalidInputError(
        "These cells cannot go on under those rules; expected rules of as many channels, with RGB meant alike.",
      );
    }
    this.scene = scene;
    this.strains = this.strainsNow();
    this.change((cells) => this.holdStrains(cells));
  }

  /** Cells of a strain that is not there any more are the host's. */
  private holdStrains({ strains }: StrainedCells): void {
    const most = this.scene.strains.length - 1;
    strains.forEach((strain, cell) => {
      if (strain > most) strains[cell] = 0;
    });
  }

  /** Whether CA steps are under way. */
  get isBusy(): boolean {
    return this.changes !== undefined;
  }

  /** Turns what every cell perceives by so many radians against its rule. */
  turn(radians: number): void {
    this.turned = radians;
    this.strains = this.strainsNow();
  }

  snapshot(): Snapshot {
    return { cells: withStrains(copyCells(this.cells)), age: this.age };
  }

  /** Goes back to a state, or on from another one. */
  restore({ cells, age }: Snapshot): void {
    this.life++;
    this.from = undefined;
    this.changes?.splice(0);
    this.cells = withStrains(copyCells(cells));
    this.holdStrains(this.cells);
    this.age = age;
  }

  /** Gives a strain to the mature cells within the circle, measured in cells. Returns how many there are. */
  infect(x: number, y: number, radius: number, strain: number): number {
    let count: number | undefined; // of the cells as they are now, which are changed first
    this.change((cells) => {
      const hit = matureCells(cells, 0, this.spec).filter((cell) =>
        isWithin((cell % cells.width) - x, Math.floor(cell / cells.width) - y, radius),
      );
      for (const cell of hit) cells.strains[cell] = strain;
      count ??= hit.length;
    });
    return count ?? 0;
  }

  /** Gives one random mature cell a strain. */
  infectAtRandom(strain: number): void {
    const { strains } = infectAtRandom(this.cells, strain, 1, this.points, this.spec);
    const cell = this.cells.strains.findIndex((old, i) => old !== strains?.[i]);
    if (cell < 0) return;
    this.change((cells) => {
      cells.strains[cell] = strain;
    });
  }

  /** Empties the cells within the circle. */
  wound(x: number, y: number, radius: number): void {
    const hit = (column: number, row: number) => isWithin(column - x, row - y, radius);
    this.change((cells) => wound(cells, 0, hit, this.lasting));
  }

  /** Empties the grid. */
  clear(): void {
    this.change((cells) => wound(cells, 0, () => true, this.lasting));
  }

  /** The inputs that a wound leaves: all but the one that says which cells live, which can be erased. */
  private get lasting(): readonly number[] {
    const { inputs, aliveChannel } = this.spec;
    return inputs.filter((channel) => channel !== aliveChannel);
  }

  /** Draws the cells within the circle, where an input says which cells live. */
  draw(x: number, y: number, radius: number): void {
    this.change(({ data, width, height, channels }) => {
      for (let cell = 0; cell < width * height; cell++)
        if (isWithin((cell % width) - x, Math.floor(cell / width) - y, radius))
          data[cell * channels + this.spec.aliveChannel] = 1;
    });
  }

  /** Plants a strain's seeds around a cell; those beyond the grid are lost. */
  plant(x: number, y: number, strain: number): void {
    const { rule } = this.scene.strains[strain];
    const seeds = rule.grid?.seeds ?? [];
    const reach = seeds.reduce((most, { dx, dy }) => Math.max(most, Math.abs(dx), Math.abs(dy)), 0);
    const side = 2 * Math.min(reach, MAX_SIZE) + 1;
    const seed = seedFor(rule, { height: side, width: side });
    const { data, channels } = seed;
    const isSeed = (cell: number) => data[cell * channels + ALPHA] > 0;
    const [left, top] = [x - (side >> 1), y - (side >> 1)];
    this.change((cells) => {
      copyArea(seed, cells, left, top, isSeed);
      for (let cell = 0; cell < side * side; cell++)
        if (isSeed(cell)) this.claim(cells, left + (cell % side), top + Math.floor(cell / side), strain);
    });
  }

  /** Gives a seed's strain to it and to the empty cells around it, which count as alive beside it. */
  private claim(cells: StrainedCells, x: number, y: number, strain: number): void {
    const { width, height, channels, data, strains } = cells;
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
        const cell = row * width + column;
        const isIt = column === x && row === y;
        if (isIt || !isMature(this.spec, data[cell * channels + this.spec.aliveChannel]))
          strains[cell] = strain;
      }
    }
  }

  /** The share of the mature cells that are of a strain, 0 where nothing lives. */
  share(strain: number): number {
    return this.shares()[strain] ?? 0;
  }

  /** The shares of all strains. */
  shares(): number[] {
    const mature = matureCells(this.cells, 0, this.spec);
    const counts = this.scene.strains.map(() => 0);
    for (const cell of mature) counts[this.cells.strains[cell]]++;
    return counts.map((count) => (mature.length > 0 ? count / mature.length : 0));
  }

  /** How near the pattern is to a strain's picture; on a larger grid, its middle. */
  logLoss(strain: number): number {
    const { target } = this.scene.strains[strain];
    return logLoss(pictureLosses(this.middle(target, strain), target)[0]);
  }

  /** The part of the grid that a strain's picture is compared with. */
  private middle({ height, width }: Target, strain: number): Cells {
    const { isApart } = this.scene;
    const { cells } = this;
    const { bodies } = this.sides;
    const column = (cells.width / bodies) * (isApart ? strain : 0);
    const left = column + ((cells.width / bodies) >> 1) - (width >> 1); // where its seed was planted
    const top = (cells.height >> 1) - (height >> 1);
    const part = emptyCells(1, height, width, cells.channels, cells.premultiplied);
    copyArea(cells, part, -left, -top);
    return part;
  }

  /** Eight hexadecimal digits that stand for the state. */
  hash(): string {
    const { data, strains } = this.cells;
    return hex(hashOf(strains, hashOf(data)));
  }
}
