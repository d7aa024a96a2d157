// Who computes a lesson: the graphics card where it is faster, measured, or the processor.

import type { Engine } from "../../engine/engine.js";
import type { WebGpuEngine } from "../../engine/webgpu/webgpu.js";
import { stepCost } from "../../train/cost.js";
import { trainerOf } from "./course.js";
import type { Lesson } from "./protocol.js";

export interface Choice {
  readonly engine: Engine;
  /** What a training step takes, measured on grown patterns. */
  readonly seconds: number;
}

export class Chooser {
  private readonly known = new Map<string, Promise<Choice>>();
  private isCardFit = true;

  constructor(
    readonly processor: Engine,
    private readonly card: WebGpuEngine,
  ) {}

  /** The faster one for lessons of this size; measured once. */
  fastest(lesson: Lesson): Promise<Choice> {
    const { target, options, hosts, start } = lesson;
    const { height, width } = target;
    const size = JSON.stringify([height, width, options.batch, options.rollout, !hosts, start.spec]);
    const known = this.known.get(size) ?? this.measured(lesson);
    this.known.set(size, known);
    return known;
  }

  private async measured(lesson: Lesson): Promise<Choice> {
    const here: Choice = { engine: this.processor, seconds: await secondsOn(this.processor, lesson) };
    if (!this.isCardFit) return here;
    try {
      if ((await this.card.card()).isProcessor) return here;
      const seconds = await secondsOn(this.card, lesson);
      return seconds < here.seconds ? { engine: this.card, seconds } : here;
    } catch {
      this.isCardFit = false; // there is none, or it cannot do this
      return here;
    }
  }

  /** The card has failed: from now on the processor computes. */
  giveUpCard(): void {
    this.isCardFit = false;
    this.known.clear();
  }
}

async function secondsOn(engine: Engine, lesson: Lesson): Promise<number> {
  return (await stepCost(trainerOf(lesson, engine)))?.seconds ?? 0;
}
