// A grid that lives in a playground, and what a hand can do to it. Knows no page.

import { ALPHA, type Cells, seedCells, withStrains } from "../cells/cells.js";
import { combine, hashOf, Random } from "../cells/random.js";
import { engine } from "../engine/wasm/wasm.js";
import { infectAtRandom, matureCells, shareOf } from "../infection/infect.js";
import type { Strains } from "../rule/strains.js";
import { wound } from "../train/damage.js";
import { logLoss, pictureLosses } from "../train/loss.js";
import type { Scene } from "./scene.js";

/** Keeps the random points apart from the coins of the same rngSeed. */
const POINTS_STREAM = 7;

/** Cells that all have a strain. */
export type StrainedCells = Cells & { readonly strains: Uint8Array };

export class World {
  /** CA steps since the start. */
  age = 0;
  cells: StrainedCells;
  private readonly strains: Strains;
  private points: Random;

  /** Starts with the host's seed in the middle. */
  constructor(
    readonly scene: Scene,
    private readonly rngSeed = 0,
  ) {
    this.strains = { rules: scene.strains.map(({ rule }) => rule), spread: scene.spread };
    this.points = new Random(combine(rngSeed, POINTS_STREAM));
    this.cells = this.born();
  }

  private born(): StrainedCells {
    const { height, width } = this.scene.strains[0].target;
    return withStrains(seedCells(1, height, width, this.channels));
  }

  private get channels(): number {
    return this.strains.rules[0].spec.channels;
  }

  /** Starts again, with the same coins. */
  reset(): void {
    this.age = 0;
    this.points = new Random(combine(this.rngSeed, POINTS_STREAM));
    this.cells = this.born();
  }

  /** Lives for so many CA steps. */
  advance(steps: number): void {
    const options = { steps, rngSeed: this.rngSeed, firstStep: this.age };
    this.cells = withStrains(engine().grow(this.strains, this.cells, options));
    this.age += steps;
  }

  /** Gives the mature cells within the circle, in cells, a strain; how many that were. */
  infect(x: number, y: number, radius: number, strain: number): number {
    const { width, strains } = this.cells;
    const hit = matureCells(this.cells).filter(
      (cell) => Math.hypot((cell % width) - x, Math.floor(cell / width) - y) <= radius,
    );
    for (const cell of hit) strains[cell] = strain;
    return hit.length;
  }

  /** Gives one random mature cell a strain. */
  infectAtRandom(strain: number): void {
    this.cells = withStrains(infectAtRandom(this.cells, strain, 1, this.points));
  }

  /** Empties the cells within the circle. */
  wound(x: number, y: number, radius: number): void {
    wound(this.cells, 0, (column, row) => Math.hypot(column - x, row - y) <= radius);
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
    return shareOf(this.cells, strain);
  }

  /** How near the pattern is to a strain's picture. */
  logLoss(strain: number): number {
    return logLoss(pictureLosses(this.cells, this.scene.strains[strain].target)[0]);
  }

  /** Eight hexadecimal digits that another state has not. */
  hash(): string {
    const { data, strains } = this.cells;
    return hashOf(strains, hashOf(data)).toString(16).padStart(8, "0");
  }
}
