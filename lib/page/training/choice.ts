// Who computes a lesson: the graphics card where it is faster, measured, or the processor.

import { EngineError } from "../../cells/errors.js";
import type { Engine } from "../../engine/engine.js";
import type { WebGpuEngine } from "../../engine/webgpu/webgpu.js";
import { stepCost } from "../../train/cost.js";
import { OtherTrainingError } from "../../train/training-state.js";
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
    known.catch(() => this.known.delete(size));
    return known;
  }

  private async measured(lesson: Lesson): Promise<Choice> {
    const here: Choice = { engine: this.processor, seconds: await secondsOn(this.processor, lesson) };
    if (!this.isCardFit) return here;
    const card = await this.card.card().catch(() => undefined);
    this.isCardFit = card !== undefined && !card.isProcessor;
    if (!this.isCardFit) return here;
    const seconds = await secondsOn(this.card, lesson).catch(() => Number.POSITIVE_INFINITY); // too large for it
    return seconds < here.seconds ? { engine: this.card, seconds } : here;
  }

  /** Who goes on after this error: the processor, where a state was begun there or the card has failed. */
  insteadOf(engine: Engine, error: unknown): Engine | undefined {
    if (engine === this.processor) return undefined;
    if (error instanceof OtherTrainingError) return this.processor;
    if (!(error instanceof EngineError)) return undefined;
    this.isCardFit = false;
    this.known.clear();
    return this.processor;
  }
}

async function secondsOn(engine: Engine, lesson: Lesson): Promise<number> {
  return (await stepCost(trainerOf(lesson, engine)))?.seconds ?? 0;
}
