// One learner of a group: its rule's part of the device, its pool, and what the host keeps of them.

import { type Cells, emptyCells, stackCells, withStrains } from "../../cells/cells.js";
import { InvalidInputError } from "../../cells/errors.js";
import { type PoolState, SamplePool } from "../../cells/pool.js";
import type { Sample } from "../../cells/sample.js";
import type { Parameters } from "../../rule/rule.js";
import { correctedRate } from "../adam.js";
import {
  ALL_DEAD,
  checkTensors,
  type Learner,
  type LearnerOrder,
  type LearnerState,
  type StepPlan,
  type StepResult,
} from "../learner.js";
import type { Part } from "./device.js";
import type { Group, RuleNumbers, Shown } from "./group.js";
import {
  firstWords,
  packParameters,
  padChannels,
  strainsIn,
  stripChannels,
  unpackParameters,
} from "./pack.js";
import { SampleStore, type Stored } from "./sample-store.js";

/** The names in a learner's state of what the group calls otherwise. */
const NAMES: Readonly<Record<RuleNumbers, string>> = {
  averages: "average.",
  means: "adam.mean.",
  squares: "adam.square.",
  goodWeights: "good.",
  goodMeans: "good.adam.mean.",
  goodSquares: "good.adam.square.",
};
/** Samples of the pool that are read at once. */
const AT_ONCE = 16;
const ALL = Object.entries(NAMES) as readonly (readonly [RuleNumbers, string])[];

export class GroupLearner implements Learner {
  /** Its samples' numbers in the batch. */
  readonly places: readonly number[];
  private updates = 0;
  private goodUpdates = 0;
  private pool?: SampleStore;
  /** The losses of the pool's samples. */
  private poolLosses = new Float64Array(0);
  /** The fresh samples that lie on the device, by their place in the batch. */
  private readonly known = new Map<number, Cells>();
  private isClosed = false;
  private last?: { readonly plan: StepPlan; readonly shown: Shown };

  constructor(
    private readonly group: Group,
    readonly index: number,
    readonly order: LearnerOrder,
  ) {
    const { batch } = group.shape;
    this.places = Array.from({ length: batch }, (_, place) => index * batch + place);
  }

  private get kernels() {
    return this.group.tape.batch.kernels;
  }

  private checkOpen(): void {
    if (!this.isClosed) return;
    throw new InvalidInputError(
      "This training is over and its learner closed: make another Trainer, or save and ask for states before it ends.",
    );
  }

  async fill(samples: AsyncIterable<Sample>): Promise<void> {
    this.checkOpen();
    const { group } = this;
    const { poolSize } = group.shape;
    this.pool ??= new SampleStore(group.device, this.kernels.sizes, poolSize, group.shape.strains > 1);
    this.poolLosses = new Float64Array(poolSize);
    let slot = 0;
    let known: { readonly cells: Cells; readonly loss: number } | undefined;
    const [first] = this.places;
    for await (const { cells } of samples) {
      // many samples may be one seed: it is sent once, and copied
      this.putFresh(first, cells);
      const to = this.pool.at(slot);
      group.device.run((encoder) => group.copy(encoder, group.freshOf(first), to));
      if (known?.cells !== cells) known = { cells, loss: (await group.lossesOf(this, [to]))[0] };
      this.poolLosses[slot++] = known.loss;
    }
  }

  async losses(slots: readonly number[]): Promise<Float64Array> {
    return Float64Array.from(slots, (slot) => this.poolLosses[slot]);
  }

  /** A sample of the pool. */
  stored(slot: number): Stored {
    return this.pool!.at(slot);
  }

  /** Sends a fresh sample, unless it lies there already. */
  putFresh(sample: number, cells: Cells): void {
    if (this.known.get(sample) === cells) return;
    this.send(cells, this.group.freshOf(sample));
    this.known.set(sample, cells);
  }

  private send(cells: Cells, to: Stored): void {
    const { device, shape } = this.group;
    const data = padChannels(cells.data, shape.spec.channels, this.kernels.sizes);
    device.write(to.cells.buffer, data, to.cells.offset);
    if (shape.strains > 1)
      device.write(to.words.buffer, firstWords(cells, { words: this.kernels.sizes.area }), to.words.offset);
  }

  async run(plan: StepPlan): Promise<StepResult> {
    this.checkOpen();
    const { batch } = this.group.shape;
    const count = Math.max(plan.slots.length, plan.fresh.length);
    if (count !== batch) throw new InvalidInputError(`A step of ${count} samples; expected ${batch}.`);
    const shown = await this.group.run(this, plan);
    this.last = { plan, shown };
    const isLost = !shown.isAlive && this.group.shape.spec.aliveMask !== "none";
    return {
      losses: shown.losses,
      finite: shown.finite,
      broken: isLost ? ALL_DEAD : undefined,
      states: async () => ({
        before: await this.cellsAt((sample) => this.group.placeOf(sample)),
        after: await this.cellsAt((sample) => this.group.lastOf(sample, plan.steps)),
      }),
    };
  }

  /** Its samples of the batch, side by side. */
  private async cellsAt(place: (sample: number) => Stored): Promise<Cells> {
    this.checkOpen();
    return stackCells(await Promise.all(this.places.map((sample) => this.fetch(place(sample)))));
  }

  private async fetch({ cells, words }: Stored): Promise<Cells> {
    const { device, shape } = this.group;
    const { spec, height, width } = shape;
    const numbers = new Float32Array(await device.read(cells));
    const data = stripChannels(numbers, spec.channels, this.kernels.sizes);
    const { channels, premultiplied } = spec;
    const grid = { data, count: 1, height, width, channels, premultiplied };
    if (shape.strains === 1) return grid;
    return { ...grid, strains: strainsIn(new Uint32Array(await device.read(words))) };
  }

  async learn(learningRate: number): Promise<void> {
    this.updates++;
    this.group.learn(this, correctedRate(learningRate, this.updates));
    const { plan, shown } = this.last!;
    plan.slots.forEach((slot, place) => {
      this.poolLosses[slot] = shown.losses[place];
    });
  }

  /** Puts the last states into the pool. */
  encodePut(encoder: GPUCommandEncoder): void {
    const { plan } = this.last!;
    plan.slots.forEach((slot, place) => {
      this.group.copy(encoder, this.group.lastOf(this.places[place], plan.steps), this.stored(slot));
    });
  }

  private get trained(): Part & { readonly size: number } {
    const { kernels } = this;
    const offset = kernels.weightsOf(this.index, this.order.trained);
    return { buffer: kernels.weights, offset, size: this.group.ruleBytes };
  }

  private copyAll(pairs: readonly (readonly [Part, Part])[]): void {
    const { group } = this;
    group.update();
    group.device.run((encoder) => {
      for (const [from, to] of pairs) group.device.copy(encoder, from, to);
    });
  }

  private part(name: RuleNumbers): Part & { readonly size: number } {
    return this.group.numbersOf(name, this.index);
  }

  async remember(): Promise<void> {
    this.copyAll([
      [this.trained, this.part("goodWeights")],
      [this.part("means"), this.part("goodMeans")],
      [this.part("squares"), this.part("goodSquares")],
    ]);
    this.goodUpdates = this.updates;
  }

  async goBack(): Promise<void> {
    this.copyAll([
      [this.part("goodWeights"), this.trained],
      [this.part("goodMeans"), this.part("means")],
      [this.part("goodSquares"), this.part("squares")],
      [this.part("goodWeights"), this.part("averages")],
    ]);
    this.updates = this.goodUpdates;
  }

  private async parameters(part: Part): Promise<Parameters> {
    const packed = new Float32Array(await this.group.device.read(part));
    return unpackParameters(this.group.shape.spec, packed, this.kernels.sizes);
  }

  async weights(): Promise<{ last: Parameters; average: Parameters }> {
    this.group.update();
    const last = await this.parameters(this.trained);
    return { last, average: await this.parameters(this.part("averages")) };
  }

  async save(): Promise<LearnerState> {
    this.checkOpen();
    this.group.update();
    const tensors: Record<string, Parameters> = { "": await this.parameters(this.trained) };
    for (const [numbers, name] of ALL) {
      if (numbers !== "averages" || this.order.average > 0)
        tensors[name] = await this.parameters(this.part(numbers));
    }
    const { updates, goodUpdates } = this;
    return { tensors, updates, goodUpdates, pool: await this.savedPool() };
  }

  private async savedPool(): Promise<PoolState> {
    const { pool, group } = this;
    const { poolSize } = group.shape;
    if (!pool) return SamplePool.none;
    const slots = Array.from({ length: poolSize }, (_, slot) => slot);
    const fetch = async function* (learner: GroupLearner) {
      for (let first = 0; first < poolSize; first += AT_ONCE) {
        const some = slots.slice(first, first + AT_ONCE).map((slot) => learner.fetch(pool.at(slot)));
        for (const cells of await Promise.all(some)) yield { cells };
      }
    };
    return (await SamplePool.from(fetch(this))).save();
  }

  async restore({ tensors, updates, goodUpdates, pool }: LearnerState): Promise<void> {
    this.checkOpen();
    const { group } = this;
    const { spec } = group.shape;
    const parts: (readonly [string, Part])[] = [["", this.trained]];
    for (const [numbers, name] of ALL) parts.push([name, this.part(numbers)]);
    checkTensors(tensors, this.order.average);
    const given: LearnerState["tensors"] = { "average.": tensors[""], ...tensors };
    if (this.pool) await this.restorePool(pool);
    group.update();
    for (const [name, { buffer, offset }] of parts)
      group.device.write(buffer, packParameters(spec, given[name], this.kernels.sizes), offset);
    this.updates = updates;
    this.goodUpdates = goodUpdates;
  }

  private async restorePool(state: PoolState): Promise<void> {
    const { shape } = this.group;
    const { height, width, spec, poolSize, strains } = shape;
    const plain = emptyCells(1, height, width, spec.channels, spec.premultiplied);
    const empty = { cells: strains > 1 ? withStrains(plain) : plain };
    const pool = new SamplePool(Array.from({ length: poolSize }, () => empty));
    pool.restore(state);
    for (let slot = 0; slot < poolSize; slot++) {
      this.send(pool.take([slot]).cells, this.stored(slot));
    }
    for (let from = 0; from < poolSize; from += this.places.length) {
      const slots = this.places.map((_, i) => from + i).filter((slot) => slot < poolSize);
      const losses = await this.group.lossesOf(
        this,
        slots.map((slot) => this.stored(slot)),
      );
      this.poolLosses.set(losses, from);
    }
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.group.close(this);
    this.pool?.destroy();
    this.pool = undefined;
  }
}
