// The engine that runs WebAssembly kernels: it computes only the cells that matter, forward and backward, with threads
// where memory can be shared, and gives the same bits everywhere.

import type { Cells } from "../../cells/cells.js";
import { checkInteger, EngineError } from "../../cells/errors.js";
import { type Parameters, zeroParameters } from "../../rule/rule.js";
import type { Rules, Strains } from "../../rule/strains.js";
import {
  checkedStrains,
  checkGradient,
  checkWeights,
  promised,
  type RolloutOptions,
  type SyncEngine,
  type SyncRollout,
  type TapedOptions,
} from "../engine.js";
import { Crew, defaultThreads, MAX_THREADS } from "./crew.js";
import { writeJob } from "./job.js";
import * as L from "./layout.js";
import { type KernelKind, PAGE_BYTES } from "./module.js";
import { addGradient, packCells, unpackCells, unpackStrains } from "./pack.js";
import { type Plan, planJob } from "./plan.js";

const MAX_BYTES = 2 ** 32 - PAGE_BYTES;
/** More threads than samples start where a sample has so many cells times CA steps: with less, 72 x 72 gets slower. */
const CELL_STEPS_TO_SHARE = 2 ** 16;
/** There is at most one such thread per this many cells of the grid: sharing a CA step takes ten microseconds. */
const CELLS_A_THREAD = 1024;

/** An engine with its own memory and threads; one is enough for a process. */
export class WasmEngine implements SyncEngine {
  readonly name: string = "wasm";
  readonly grow: SyncEngine["grow"];
  readonly rollout: SyncEngine["rollout"];
  private crew: Crew;
  /** The rollout whose tape is in memory. */
  private tapeOwner?: object;

  /** With this many threads at most; all cores if not given. */
  constructor(threads: number = defaultThreads(), kind: KernelKind = "plain") {
    checkInteger("threads", threads, 1, MAX_THREADS);
    this.crew = new Crew(threads, kind);
    ({ grow: this.grow, rollout: this.rollout } = promised(this));
  }

  supports(): true | string {
    return true;
  }

  /** How many threads share a batch: one where memory cannot be shared. */
  get threads(): number {
    return this.crew.threads;
  }

  growSync(rules: Rules, cells: Cells, options: RolloutOptions): Cells {
    const strains = checkedStrains(this, rules, cells, options);
    checkWeights(strains);
    this.tapeOwner = undefined;
    const plan = this.prepare(strains, cells, options, false);
    this.run(plan);
    return this.readState(plan, cells);
  }

  rolloutSync(rules: Rules, cells: Cells, options: TapedOptions): SyncRollout {
    const strains = checkedStrains(this, rules, cells, options);
    const { trained = 0 } = options;
    const owner = {};
    const record = (): Plan => {
      this.tapeOwner = undefined;
      const plan = this.prepare(strains, cells, options, true);
      this.run(plan);
      this.tapeOwner = owner;
      return plan;
    };
    let plan = record();
    const parameterGradient = (dCells: Float32Array) => {
      checkGradient(dCells, cells);
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

  /** Returns the gradient of the parameters, and leaves the gradient of the first state in memory. */
  private backpropagate(plan: Plan, { rules }: Strains, trained: number, dCells: Cells): Parameters {
    const { spec } = rules[trained];
    const floats = this.floats();
    plan.samples.forEach((sample, i) => {
      packCells(floats, plan, sample[L.D_STATE] / 4, dCells, i);
    });
    this.words()[L.JOB / 4 + L.KIND] = L.BACKPROPAGATE;
    this.words()[L.JOB / 4 + L.TRAINED] = trained;
    this.run(plan);
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
    const threads = this.crew.available(usefulThreads(cells, steps));
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

  private run({ threads: { length: threads } }: Plan): void {
    try {
      this.crew.run(threads);
    } catch (error) {
      this.crew.dispose();
      this.crew = new Crew(this.threads, this.crew.kind);
      this.tapeOwner = undefined;
      throw error;
    }
  }

  private read(plan: Plan, like: Cells, block: number): Cells {
    const floats = this.floats();
    const { strains: _, ...shape } = like;
    const cells = { ...shape, data: new Float32Array(like.data.length) };
    plan.samples.forEach((sample, i) => {
      unpackCells(floats, plan, sample[block] / 4, cells, i);
    });
    return cells;
  }

  /** The last state, with every cell's strain where there are several. */
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

/** How many threads a rollout can use: one per sample, and as many more as have enough to do with it. */
export function usefulThreads({ count, height, width }: Omit<Cells, "data">, steps: number): number {
  const isWorthSharing = height * width * steps >= CELL_STEPS_TO_SHARE;
  return count * (isWorthSharing ? Math.ceil((height * width) / CELLS_A_THREAD) : 1);
}
