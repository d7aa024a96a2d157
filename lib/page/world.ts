// A grid that lives in a playground, and what a user can do to it. It knows nothing of the page.

import { ALPHA, type Cells, withStrains } from "../cells/cells.js";
import { combine, hashOf, hex, Random } from "../cells/random.js";
import { wound } from "../cells/wound.js";
import type { Engine } from "../engine/engine.js";
import { engineFor } from "../engine/engines.js";
import { infectAtRandom, matureCells, shareOf } from "../infection/infect.js";
import { seedFor } from "../rule/seeds.js";
import type { RuleSpec } from "../rule/spec.js";
import type { Strains } from "../rule/strains.js";
import { logLoss } from "../train/loss.js";
import { pictureLosses } from "../train/picture-loss.js";
import type { Scene } from "./scene.js";

/** Keeps the random points apart from the coins of the same rngSeed. */
const POINTS_STREAM = 7;

/** Cells that all have a strain. */
export type StrainedCells = Cells & { readonly strains: Uint8Array };

function isWithin(dx: number, dy: number, radius: number): boolean {
  return dx * dx + dy * dy <= radius * radius;
}

export class World {
  /** CA steps since the start. */
  age = 0;
  cells: StrainedCells;
  private readonly strains: Strains;
  private points: Random;
  /** Counts the resets. */
  private life = 0;

  /** Starts with the host's seeds. */
  constructor(
    readonly scene: Scene,
    private readonly rngSeed = 0,
    private readonly engine: Engine = engineFor(scene.strains[0].rule.spec),
  ) {
    this.strains = { rules: scene.strains.map(({ rule }) => rule), spread: scene.spread };
    this.points = new Random(combine(rngSeed, POINTS_STREAM));
    this.cells = this.born();
  }

  private born(): StrainedCells {
    const [{ rule, target }] = this.scene.strains;
    const { height, width } = target;
    return withStrains(seedFor(rule, { height, width }));
  }

  private get spec(): RuleSpec {
    return this.strains.rules[0].spec;
  }

  /** Starts again, with the same coin tosses. */
  reset(): void {
    this.age = 0;
    this.life++;
    this.points = new Random(combine(this.rngSeed, POINTS_STREAM));
    this.cells = this.born();
  }

  /** Lives for `steps` CA steps. Await it before changing the cells: changes made meanwhile are lost. */
  async advance(steps: number): Promise<void> {
    const { life } = this;
    const options = { steps, rngSeed: this.rngSeed, firstStep: this.age };
    const cells = withStrains(await this.engine.grow(this.strains, this.cells, options));
    if (life !== this.life) return; // it was reset meanwhile
    this.cells = cells;
    this.age += steps;
  }

  /** Gives a strain to the mature cells within the circle, measured in cells. Returns how many there were. */
  infect(x: number, y: number, radius: number, strain: number): number {
    const { width, strains } = this.cells;
    const hit = matureCells(this.cells, 0, this.spec).filter((cell) =>
      isWithin((cell % width) - x, Math.floor(cell / width) - y, radius),
    );
    for (const cell of hit) strains[cell] = strain;
    return hit.length;
  }

  /** Gives one random mature cell a strain. */
  infectAtRandom(strain: number): void {
    this.cells = withStrains(infectAtRandom(this.cells, strain, 1, this.points, this.spec));
  }

  /** Empties the cells within the circle. */
  wound(x: number, y: number, radius: number): void {
    wound(this.cells, 0, (column, row) => isWithin(column - x, row - y, radius), this.spec.inputs);
  }

  /** Puts a seed of a strain into a cell. */
  plant(x: number, y: number, strain: number): void {
    const { data, strains, width, height, channels } = this.cells;
    if (!(x >= 0 && x < width && y >= 0 && y < height)) return;
    const cell = y * width + x;
    data.fill(0, cell * channels, cell * channels + ALPHA);
    data.fill(1, cell * channels + ALPHA, (cell + 1) * channels);
    strains[cell] = strain;
  }

  /** The share of the mature cells that are of a strain, 0 where nothing lives. */
  share(strain: number): number {
    return shareOf(this.cells, strain, 0, this.spec);
  }

  /** How near the pattern is to a strain's picture. */
  logLoss(strain: number): number {
    return logLoss(pictureLosses(this.cells, this.scene.strains[strain].target)[0]);
  }

  /** Eight hexadecimal digits that stand for the state. */
  hash(): string {
    const { data, strains } = this.cells;
    return hex(hashOf(strains, hashOf(data)));
  }
}
