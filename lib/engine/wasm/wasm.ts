// The fused rollout and its gradient: typed arrays in and out. Knows nothing of TensorFlow.js, files or screens.

import type { Cells } from "../../cells/cells.js";
import { InvalidInputError } from "../../cells/errors.js";
import { checkFinite, checkInteger, type Parameters, zeroParameters } from "../../rule/rule.js";
import type { Strains } from "../../rule/strains.js";
import { EngineError } from "../errors.js";
import { Crew, defaultThreads } from "./crew.js";
import { checkInput, type RolloutOptions, type Rules, strainsOf, writeJob } from "./job.js";
import * as L from "./layout.js";
import { PAGE_BYTES } from "./module.js";
import { addGradient, packCells, unpackCells, unpackStrains } from "./pack.js";
import { type Plan, planJob } from "./plan.js";

const MAX_BYTES = 2 ** 32 - PAGE_BYTES;
const MAX_THREADS = 1024;
/** Threads share a batch of one from so many cells times CA steps on: with less, a lizard of 72 x 72 is slower for it. */
const CELL_STEPS_TO_SHARE = 2 ** 16;
/** And no more of them than have so many cells of the grid each: sharing a CA step takes ten microseconds. */
const CELLS_A_THREAD = 1024;

/** A rollout that may be followed back. */
export interface TapedOptions extends RolloutOptions {
  /** The strain whose parameters the gradient is asked for, the first if not given; the others are frozen. */
  readonly trained?: number;
}

/** The gradient of a loss: of the first state and of the trained rule's parameters. */
export interface RolloutGradient {
  readonly dCells: Cells;
  readonly dParameters: Parameters;
}

/** The last state of a rollout, and the way back through it. */
export interface Rollout {
  readonly cells: Cells;
  /** From the gradient of the last state, float32 [count, height, width, channels]. */
  backward(dCells: Float32Array): RolloutGradient;
  /** As `backward`, for who needs no gradient of the first state: it takes as much memory as the batch. */
  parameterGradient(dCells: Float32Array): Parameters;
}

/** A fused NCA engine with its own memory and threads. One is enough for a process: see `engine`. */
export class Engine {
  private crew: Crew;
  /** Whose tape lies in memory. */
  private tapeOwner?: object;

  /** With so many threads at most, all cores if not given. */
  constructor(threads: number = defaultThreads()) {
    checkInteger("threads", threads, 1, MAX_THREADS);
    this.crew = new Crew(threads);
  }

  /** How many threads share a batch: one where memory cannot be shared. */
  get threads(): number {
    return this.crew.threads;
  }

  /** The state after `steps` CA steps; the cells given stay as they are. */
  grow(rules: Rules, cells: Cells, options: RolloutOptions): Cells {
    const strains = strainsOf(rules);
    checkInput(strains, cells, options);
    // not in a rollout: there a training finds out by itself, and goes back to earlier weights
    for (const { parameters } of strains.rules) checkFinite(parameters);
    this.tapeOwner = undefined;
    const plan = this.prepare(strains, cells, options, false);
    this.run();
    return this.readState(plan, cells);
  }

  /**
   * As `grow`, with a tape for the way back. Only the newest tape is kept: the backward pass of an older rollout
   * runs it again first, so its rule and cells must not have changed.
   */
  rollout(rules: Rules, cells: Cells, options: TapedOptions): Rollout {
    const strains = strainsOf(rules);
    checkInput(strains, cells, options);
    const { trained = 0 } = options;
    checkInteger("trained", trained, 0, strains.rules.length - 1);
    const owner = {};
    const record = (): Plan => {
      this.tapeOwner = undefined;
      const plan = this.prepare(strains, cells, options, true);
      this.run();
      this.tapeOwner = owner;
      return plan;
    };
    let plan = record();
    const parameterGradient = (dCells: Float32Array) => {
      if (dCells.length !== cells.data.length) {
        throw new InvalidInputError(
          `The gradient holds ${dCells.length} numbers; the last state needs ${cells.data.length}.`,
        );
      }
      if (this.tapeOwner !== owner) plan = record();
      return this.backpropagate(plan, strains, trained, { ...cells, data: dCells });
    };
    return {
      cells: this.readState(plan, cells),
      parameterGradient,
      backward: (dCells) => {
        const dParameters = parameterGradient(dCells);
        return { dCells: this.read(plan, cells, L.D_STATE), dParameters };
      },
    };
  }

  /** Leaves the gradient of the first state in memory. */
  private backpropagate(plan: Plan, { rules }: Strains, trained: number, dCells: Cells): Parameters {
    const { spec } = rules[trained];
    const floats = this.floats();
    plan.samples.forEach((sample, i) => {
      packCells(floats, plan, sample[L.D_STATE] / 4, dCells, i);
    });
    this.words()[L.JOB / 4 + L.KIND] = L.BACKPROPAGATE;
    this.words()[L.JOB / 4 + L.TRAINED] = trained;
    this.run();
    const dParameters = zeroParameters(spec);
    const after = this.floats();
    for (const sample of plan.samples) {
      addGradient(after.subarray(sample[L.D_PARAMETERS] / 4), plan, spec, dParameters);
    }
    return dParameters;
  }

  /** Plans and writes the job. */
  private prepare(strains: Strains, cells: Cells, options: RolloutOptions, taped: boolean): Plan {
    const { steps } = options;
    const threads = Math.min(this.threads, usefulThreads(cells, steps));
    const [{ spec }] = strains.rules;
    const plan = planJob(cells, { spec, strains: strains.rules.length, steps, taped, threads });
    this.reserve(plan.end);
    writeJob(this.crew.memory, plan, strains, cells, options, taped ? L.GROW_TAPED : L.GROW);
    return plan;
  }

  /** Makes the memory at least this large. */
  private reserve(bytes: number): void {
    const { memory } = this.crew;
    if (bytes <= memory.buffer.byteLength) return;
    try {
      if (bytes > MAX_BYTES) throw new RangeError();
      memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES));
    } catch {
      throw new EngineError(
        `The states and the threads' own memory need ${Math.ceil(bytes / 2 ** 20)} MiB, more than the engine can have ` +
          "here (4 GiB at most). Use a smaller batch, a smaller grid or fewer threads.",
      );
    }
  }

  private run(): void {
    try {
      this.crew.run();
    } catch (error) {
      this.crew.dispose();
      this.crew = new Crew(this.threads);
      this.tapeOwner = undefined;
      throw error;
    }
  }

  private read(plan: Plan, like: Cells, block: number): Cells {
    const floats = this.floats();
    const { count, height, width, channels } = like;
    const cells = { count, height, width, channels, data: new Float32Array(like.data.length) };
    plan.samples.forEach((sample, i) => {
      unpackCells(floats, plan, sample[block] / 4, cells, i);
    });
    return cells;
  }

  /** The last state; of several strains, with every cell's strain. */
  private readState(plan: Plan, like: Cells): Cells {
    const cells = this.read(plan, like, L.STATE);
    if (plan.strains === 1) return cells;
    const strains = new Uint8Array(like.count * like.height * like.width);
    const bytes = new Uint8Array(this.crew.memory.buffer);
    plan.samples.forEach((sample, i) => {
      unpackStrains(bytes, plan, sample[L.STRAIN_PLANE], strains, i);
    });
    return { ...cells, strains };
  }

  private words(): Int32Array {
    return new Int32Array(this.crew.memory.buffer);
  }

  private floats(): Float32Array {
    return new Float32Array(this.crew.memory.buffer);
  }
}

/** How many threads a rollout of so many CA steps can use: one a sample, or as many as have enough to do with one. */
export function usefulThreads({ count, height, width }: Omit<Cells, "data">, steps: number): number {
  if (count > 1) return count;
  return height * width * steps >= CELL_STEPS_TO_SHARE ? Math.ceil((height * width) / CELLS_A_THREAD) : 1;
}

let shared: Engine | undefined;

/** The process's engine, made when it is first asked for. */
export function engine(): Engine {
  shared ??= new Engine();
  return shared;
}
