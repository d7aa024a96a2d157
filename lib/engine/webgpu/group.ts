// Training steps on the device, of rules side by side. A step's samples, states, losses, gradients and weights stay there; what
// comes back is a loss of every sample, and whether the gradient is finite.

import type { LearnerOrder, StepPlan } from "../learner.js";
import type { Device, Part } from "./device.js";
import { GroupLearner } from "./group-learner.js";
import { packSamples, woundBits } from "./pack.js";
import { SampleStore, type Stored } from "./sample-store.js";
import type { GroupShape } from "./side-by-side.js";
import { Tape } from "./tape.js";

/** As in learning.wgsl. */
const OBJECTIVES = { mean: 0, root: 1, log: 2 } as const;
const LEARNING_WORDS = 4;
const TENSORS = 4;

/** What a step has shown of one rule. */
export interface Shown {
  readonly losses: Float64Array;
  readonly finite: boolean;
  readonly isAlive: boolean;
}

interface Asked {
  readonly plan: StepPlan;
  readonly resolve: (shown: Shown) => void;
  readonly reject: (error: unknown) => void;
}

/** Numbers that have the shape of a rule's weights, of every rule. */
const RULE_NUMBERS = ["means", "squares", "averages", "goodWeights", "goodMeans", "goodSquares"] as const;
export type RuleNumbers = (typeof RULE_NUMBERS)[number];

export class Group {
  readonly tape: Tape;
  /** Samples that wait to be part of a batch: those of each place, fresh ones. */
  private readonly fresh: SampleStore;
  private readonly numbers: Record<RuleNumbers, GPUBuffer>;
  private readonly learning: GPUBuffer;
  private readonly targets: GPUBuffer;
  private readonly wounds: GPUBuffer;
  private readonly results: GPUBuffer;
  private readonly learners = new Map<number, GroupLearner>();
  private readonly asked = new Map<GroupLearner, Asked>();
  /** The rates of updates that were asked for and are not computed yet. */
  private readonly updates = new Map<GroupLearner, number>();
  private closed = 0;

  constructor(
    readonly device: Device,
    readonly shape: GroupShape,
  ) {
    const { rules, mostSteps } = shape;
    this.tape = new Tape(device, shape, mostSteps);
    const { sizes } = this.tape.batch.kernels;
    this.fresh = new SampleStore(device, sizes, sizes.samples, shape.strains > 1);
    const numbersOf = () => device.buffer(rules * this.ruleBytes);
    this.numbers = Object.fromEntries(RULE_NUMBERS.map((name) => [name, numbersOf()])) as Record<
      RuleNumbers,
      GPUBuffer
    >;
    this.learning = device.buffer(rules * LEARNING_WORDS * 4);
    this.targets = device.buffer(rules * sizes.area * 16);
    this.wounds = device.buffer(sizes.samples * Math.ceil(sizes.area / 32) * 4);
    this.results = device.buffer((2 * sizes.samples + TENSORS * rules) * 4);
  }

  get ruleBytes(): number {
    return this.tape.batch.kernels.sizes.ruleVecs * 16;
  }

  /** A learner of this order, as one of the rules. */
  learner(index: number, order: LearnerOrder): GroupLearner {
    const { device, tape } = this;
    const { kernels } = tape.batch;
    const learner = new GroupLearner(this, index, order);
    this.learners.set(index, learner);
    kernels.setRules(order.strains, index);
    const trained = { buffer: kernels.weights, offset: kernels.weightsOf(index, order.trained) };
    device.run((encoder) => {
      for (const name of ["averages", "goodWeights"] as const)
        device.copy(encoder, trained, this.numbersOf(name, index));
    });
    device.write(this.targets, order.loss.picture.data, index * kernels.sizes.area * 16);
    return learner;
  }

  /** A rule's part of these numbers. */
  numbersOf(name: RuleNumbers, index: number): Part & { readonly size: number } {
    return { buffer: this.numbers[name], offset: index * this.ruleBytes, size: this.ruleBytes };
  }

  /** A sample's place in the batch, before the rollout, and its words after so many CA steps. */
  placeOf(sample: number, slot = 0): Stored {
    const { batch } = this.tape;
    const { area, channelVecs, words } = batch.kernels.sizes;
    const state = this.tape.statePart(0);
    const [cellBytes, wordBytes] = [area * channelVecs * 16, area * 4];
    return {
      cells: { ...state, offset: (state.offset ?? 0) + sample * cellBytes, size: cellBytes },
      words: { buffer: batch.words, offset: slot * words * 4 + sample * wordBytes, size: wordBytes },
    };
  }

  /** A sample after its rollout of so many CA steps. */
  lastOf(sample: number, steps: number): Stored {
    const { cells, words } = this.placeOf(sample, steps + 1);
    return {
      cells: { buffer: this.tape.batch.state, offset: sample * cells.size!, size: cells.size },
      words,
    };
  }

  freshOf(sample: number): Stored {
    return this.fresh.at(sample);
  }

  /** The next step of a rule, computed when all that are not closed have asked. */
  run(learner: GroupLearner, plan: StepPlan): Promise<Shown> {
    return new Promise((resolve, reject) => {
      this.asked.set(learner, { plan, resolve, reject });
      this.runIfAllAsked();
    });
  }

  /** This rule takes no more steps; the others no longer wait for it. */
  close(learner: GroupLearner): void {
    this.update();
    this.learners.delete(learner.index);
    this.leave();
  }

  /** One learner less to wait for. */
  leave(): void {
    this.closed++;
    this.runIfAllAsked();
    if (this.closed < this.shape.rules) return;
    this.tape.freeStates();
    this.fresh.destroy();
    for (const buffer of [this.learning, this.targets, this.wounds, this.results]) buffer.destroy();
  }

  /** The losses of stored samples of a rule, as many as its batch at most. */
  async lossesOf({ places }: GroupLearner, stored: readonly Stored[]): Promise<Float64Array> {
    const { device, tape } = this;
    this.update(); // which needs the last states
    const lives = new Int32Array(tape.batch.kernels.sizes.samples * 4).fill(-1);
    stored.forEach((_, i) => {
      lives[places[i] * 4 + 2] = 0;
    });
    device.write(tape.batch.samples, lives);
    device.run((encoder) => {
      stored.forEach(({ cells }, i) => {
        device.copy(encoder, cells, this.lastOf(places[i], 0).cells);
      });
      const pass = encoder.beginComputePass();
      this.loss(pass, 0);
      pass.end();
    });
    const results = new Float32Array(await device.read({ buffer: this.results }));
    return Float64Array.from(stored, (_, i) => results[places[i]]);
  }

  private runIfAllAsked(): void {
    if (this.asked.size === 0 || this.asked.size + this.closed < this.shape.rules) return;
    const all = [...this.asked];
    this.asked.clear();
    this.compute(new Map(all.map(([learner, { plan }]) => [learner, plan]))).then(
      (shown) => {
        for (const [learner, { resolve }] of all) resolve(shown.get(learner)!);
      },
      (error) => {
        for (const [, { reject }] of all) reject(error);
      },
    );
  }

  private async compute(plans: ReadonlyMap<GroupLearner, StepPlan>): Promise<Map<GroupLearner, Shown>> {
    const { device, tape } = this;
    const ends = [...new Set([...plans.values()].map(({ steps }) => steps))];
    const most = Math.max(...ends);
    this.writePlans(plans);
    device.run((encoder) => {
      this.encodeUpdate(encoder);
      for (const [learner, { slots, fresh }] of plans) {
        learner.places.forEach((sample, place) => {
          const from = place < fresh.length ? this.freshOf(sample) : learner.stored(slots[place]);
          this.copy(encoder, from, this.placeOf(sample));
        });
      }
      const pass = encoder.beginComputePass();
      this.begin(pass);
      tape.live(pass, most);
      pass.end();
    });
    device.compute((pass) => {
      // encoded while the rollout runs
      for (const end of ends) tape.finish(pass, end);
      for (const end of ends) this.loss(pass, end);
      tape.goBack(pass, most);
      const parts = () => [tape.gradient, this.results];
      tape.batch.dispatch(pass, "norm", 0, parts, TENSORS, this.shape.rules);
    });
    const results = new Float32Array(await device.read({ buffer: this.results }));
    return new Map([...plans.keys()].map((learner) => [learner, this.shownOf(learner, results)]));
  }

  private shownOf({ index, places }: GroupLearner, results: Float32Array): Shown {
    const { samples } = this.tape.batch.kernels.sizes;
    const losses = Float64Array.from(places, (sample) => results[sample]);
    const isAlive = places.some((sample) => results[samples + sample] > 0);
    const squares = results.subarray(2 * samples + index * TENSORS).subarray(0, TENSORS);
    return { losses, finite: squares.every(Number.isFinite), isAlive };
  }

  /** Writes what the kernels read of the plans: coins, ends and wounds of every sample. */
  private writePlans(plans: ReadonlyMap<GroupLearner, StepPlan>): void {
    const { device } = this;
    const { height, width } = this.shape;
    const { samples, area } = this.tape.batch.kernels.sizes;
    const lives = new Int32Array(samples * 4); // a sample that ends at step 0 lives none
    const bits = new Uint32Array(samples * Math.ceil(area / 32));
    for (const [learner, { steps, rngSeed, wounds, fresh }] of plans) {
      const life = { rngSeed, start: 0, end: steps, firstCoin: 0 };
      lives.set(packSamples(learner.places.length, life), learner.places[0] * 4);
      learner.places.forEach((sample, place) => {
        const wound = wounds.get(place);
        if (wound) bits.set(woundBits(wound, height, width), sample * Math.ceil(area / 32));
        if (place < fresh.length) learner.putFresh(sample, fresh[place].cells);
      });
    }
    device.write(this.tape.batch.samples, lives);
    device.write(this.wounds, bits);
  }

  private begin(pass: GPUComputePassEncoder): void {
    const { batch } = this.tape;
    const { tilesX, tilesY, samples } = batch.kernels.sizes;
    const parts = () => [this.wounds, this.tape.statePart(0), batch.words];
    batch.dispatch(pass, "begin", 0, parts, tilesX, tilesY, samples);
  }

  private loss(pass: GPUComputePassEncoder, end: number): void {
    const { tape, learning, targets, results } = this;
    const { samples, state, kernels } = tape.batch;
    const parts = () => [
      ...[tape.stepPart(end), samples, learning, targets, state],
      ...[tape.dPart(end), results],
    ];
    tape.batch.dispatch(pass, "loss", end, parts, kernels.sizes.samples);
  }

  /** Copies a sample; its strains only where there are any. */
  copy(encoder: GPUCommandEncoder, from: Stored, to: Stored): void {
    this.device.copy(encoder, from.cells, to.cells);
    if (this.shape.strains > 1) this.device.copy(encoder, from.words, to.words);
  }

  /** Asks for an update of a rule's weights, and for the last states to go to the pool. */
  learn(learner: GroupLearner, rate: number): void {
    this.updates.set(learner, rate);
  }

  /** Computes the updates that were asked for. */
  update(): void {
    if (this.updates.size > 0) this.device.run((encoder) => this.encodeUpdate(encoder));
  }

  private encodeUpdate(encoder: GPUCommandEncoder): void {
    const { tape, numbers, shape } = this;
    this.writeLearning();
    if (this.updates.size === 0) return;
    for (const [learner] of this.updates) learner.encodePut(encoder);
    this.updates.clear();
    const { weights, sizes } = tape.batch.kernels;
    const given = [this.learning, this.results, tape.gradient, weights];
    const parts = () => [...given, numbers.means, numbers.squares, numbers.averages];
    const pass = encoder.beginComputePass();
    tape.batch.dispatch(pass, "adam", 0, parts, Math.ceil(sizes.ruleVecs / 64), shape.rules);
    pass.end();
  }

  /** How every rule learns: see learning.wgsl. */
  private writeLearning(): void {
    const bytes = new ArrayBuffer(this.shape.rules * LEARNING_WORDS * 4);
    const [words, numbers] = [new Uint32Array(bytes), new Float32Array(bytes)];
    for (const [index, learner] of this.learners) {
      const rate = this.updates.get(learner);
      const at = index * LEARNING_WORDS;
      words[at] = OBJECTIVES[learner.order.loss.objective];
      numbers[at + 1] = rate ?? 0;
      words[at + 2] = Number(rate !== undefined);
      numbers[at + 3] = learner.order.average;
    }
    this.device.write(this.learning, new Uint8Array(bytes));
  }
}
