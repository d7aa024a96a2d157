// The WebGPU engine: every rule, on a graphics card. Cells that cannot matter are not computed. A GPU's rounding is its own, so
// numbers differ from the CPU's in their last bits; coins do not.

import type { Cells } from "../../cells/cells.js";
import type { Parameters } from "../../rule/rule.js";
import type { Rules, Strains } from "../../rule/strains.js";
import {
  checkedStrains,
  checkGradient,
  checkWeights,
  type Engine,
  type Rollout,
  type RolloutOptions,
  type TapedOptions,
} from "../engine.js";
import type { Learner, LearnerOrder } from "../learner.js";
import type { Device } from "./device.js";
import type { Card } from "./gpu.js";
import type { Shape } from "./shape.js";
import { SideBySide } from "./side-by-side.js";
import type { Tape } from "./tape.js";
import type { Track } from "./track.js";

type Driver = typeof import("./driver.js");

/** The driver, and the device that it has opened. */
interface Open {
  readonly driver: Driver;
  readonly device: Device;
}

/** How many shapes' buffers are kept for the next rollout of the same shape. */
const KEPT = 2;

/** Every rule on a graphics card; in Node with the package `webgpu`. The card is opened when something is computed first. */
export class WebGpuEngine implements Engine {
  readonly name = "webgpu";
  private opened?: Promise<Open>;
  private readonly tracks = new Map<string, Track>();
  private tape?: { readonly key: string; readonly tape: Tape };
  /** The rollout whose states are on the tape. */
  private newest?: object;
  /** What was asked for before: one thing at a time is computed. */
  private before: Promise<unknown> = Promise.resolve();

  supports(): true {
    return true;
  }

  grow(rules: Rules, cells: Cells, options: RolloutOptions): Promise<Cells> {
    return this.inTurn(async () => {
      const strains = checkedStrains(this, rules, cells, options);
      checkWeights(strains);
      return this.trackFor(await this.open(), shapeOf(strains, cells)).grow(strains, cells, options);
    });
  }

  rollout(rules: Rules, cells: Cells, options: TapedOptions): Promise<Rollout> {
    return this.inTurn(async () => {
      const strains = checkedStrains(this, rules, cells, options);
      const me = {};
      const { steps, trained = 0 } = options;
      const run = async () => {
        const tape = this.tapeFor(await this.open(), shapeOf(strains, cells, trained), steps);
        this.newest = undefined;
        const last = await tape.forward(strains, cells, options);
        this.newest = me;
        return last;
      };
      const last = await run();
      const back = (dCells: Float32Array, wantsFirst: boolean) =>
        this.inTurn(async () => {
          checkGradient(dCells, cells);
          if (this.newest !== me) await run();
          return this.tape!.tape.backward(dCells, steps, wantsFirst);
        });
      const { strains: _, ...like } = cells;
      return {
        cells: last,
        backward: async (dCells) => {
          const { dFirst, dParameters } = await back(dCells, true);
          return { dCells: { ...like, data: dFirst! }, dParameters };
        },
        parameterGradient: async (dCells): Promise<Parameters> => (await back(dCells, false)).dParameters,
      };
    });
  }

  /** A learner that takes its training steps on the GPU. */
  learner(order: LearnerOrder): Learner {
    return this.sideBySide(1).join(order);
  }

  together(count: number): readonly Engine[] {
    const learners = this.sideBySide(count);
    const { name } = this;
    return Array.from({ length: count }, () => ({
      name,
      supports: () => this.supports(),
      grow: (...given) => this.grow(...given),
      rollout: (...given) => this.rollout(...given),
      learner: (order) => learners.join(order),
    }));
  }

  private sideBySide(count: number): SideBySide {
    return new SideBySide(count, async (shape) => {
      const { driver, device } = await this.open();
      this.tape?.tape.destroy(); // a training has a tape of its own
      [this.tape, this.newest] = [undefined, undefined];
      return new driver.Group(device, shape);
    });
  }

  /** The graphics card. Throws EngineError where there is none. */
  async card(): Promise<Card> {
    return (await this.open()).device.card;
  }

  /** Gives the GPU back; the next rollout takes it again. */
  async dispose(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    this.forget();
    (await opened?.catch(() => undefined))?.device.dispose();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.before.then(work);
    this.before = turn.catch(() => undefined);
    return turn;
  }

  /** The device, another one where the last was lost. Throws EngineError where there is none. */
  private open(): Promise<Open> {
    const { opened } = this;
    const next = async () => {
      const now = await opened?.catch(() => undefined);
      if (now && !now.device.isBroken) return now;
      this.forget();
      return openDriver();
    };
    this.opened = next(); // whoever asks meanwhile waits for this one
    return this.opened;
  }

  /** What lay on a device that is gone. */
  private forget(): void {
    this.tracks.clear();
    this.tape = undefined;
    this.newest = undefined;
  }

  private trackFor({ driver, device }: Open, shape: Shape): Track {
    const key = JSON.stringify(shape);
    const known = this.tracks.get(key) ?? new driver.Track(device, shape);
    this.tracks.delete(key); // the one that was used last comes last
    this.tracks.set(key, known);
    for (const [old, track] of this.tracks) {
      if (this.tracks.size <= KEPT) break;
      track.destroy();
      this.tracks.delete(old);
    }
    return known;
  }

  private tapeFor({ driver, device }: Open, shape: Shape, steps: number): Tape {
    const key = JSON.stringify(shape);
    const known = this.tape;
    if (known?.key === key && known.tape.most >= steps) return known.tape;
    known?.tape.destroy();
    this.tape = undefined;
    const tape = new driver.Tape(device, shape, steps);
    this.tape = { key, tape };
    return tape;
  }
}

async function openDriver(): Promise<Open> {
  const driver = await import("./driver.js");
  return { driver, device: await driver.openDevice() };
}

function shapeOf(strains: Strains, { height, width, count }: Cells, trained = 0): Shape {
  const { rules } = strains;
  return { spec: rules[0].spec, height, width, batch: count, rules: 1, strains: rules.length, trained };
}
