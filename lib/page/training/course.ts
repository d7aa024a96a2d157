// One training in the worker: it goes on step by step until it is done, waits while it is paused, and ends when another
// begins.

import type { Engine } from "../../engine/engine.js";
import { infectionOf } from "../../infection/infection.js";
import { cloneRule } from "../../rule/rule.js";
import { growth } from "../../train/growth.js";
import { Trainer, type TrainingStep } from "../../train/trainer.js";
import { decodeTraining, encodeTraining } from "../../train/training-state.js";
import { toRgba } from "../../view/frame.js";
import type { Chooser } from "./choice.js";
import type { Lesson, Reply, Step, Unnumbered } from "./protocol.js";

/** How often the page hears of a step, gets weights, and gets a state to keep. */
const STEP_MS = 120;
const WEIGHTS_MS = 500;
const STATE_MS = 10_000;
/** Pictures of the batch that are shown. */
const SHOWN = 4;
/** How much the newest step counts in the time that a step takes. */
const NEWEST = 0.03;
/** After so many steps the time that is left can be told. */
const FEW = 10;

const breathe = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

function taskOf({ start, target, hosts }: Lesson) {
  return hosts ? infectionOf(hosts, target) : growth(target, start);
}

export function trainerOf(lesson: Lesson, engine: Engine): Trainer {
  return new Trainer(cloneRule(lesson.start), taskOf(lesson), { ...lesson.options, engine });
}

export class Course {
  /** The newest state to go on from. */
  state?: Uint8Array;
  private isOver = false;
  private isPaused = false;
  private isStateWanted = false;
  private wake?: () => void;
  private told = 0;
  private weighed = 0;
  private saved = performance.now();
  private seconds = 0;
  /** Steps that were timed: the first, which grows hosts and starts threads, does not count. */
  private steps = -1;
  private losses: number[] = [];

  constructor(
    private readonly engines: Pick<Chooser, "fastest" | "insteadOf">,
    private readonly say: (said: Unnumbered<Reply>) => void,
  ) {}

  pause(): void {
    this.isPaused = true;
  }

  go(): void {
    this.isPaused = false;
    this.wake?.();
  }

  /** Gives a state to keep as soon as it can. */
  save(): void {
    this.isStateWanted = true;
  }

  end(): void {
    this.isOver = true;
    this.wake?.();
  }

  /** Learns to the end, or until it is ended; goes on with another engine where one fails. */
  async run(lesson: Lesson, state?: Uint8Array): Promise<void> {
    let next: Engine | undefined = (await this.engines.fastest(lesson)).engine;
    while (next && !this.isOver) {
      const engine: Engine = next;
      next = await this.learn(lesson, engine, this.state ?? state).catch((error) => {
        const other = this.engines.insteadOf(engine, error);
        if (other) return other;
        throw error;
      });
    }
  }

  private async learn(lesson: Lesson, engine: Engine, state: Uint8Array | undefined): Promise<undefined> {
    const options = { ...lesson.options, engine };
    const trainer = state
      ? await decodeTraining(state, lesson.start, taskOf(lesson), options)
      : trainerOf(lesson, engine);
    try {
      await this.takeSteps(trainer);
    } finally {
      await trainer.learner.close?.();
    }
  }

  private async takeSteps(trainer: Trainer): Promise<void> {
    while (trainer.step < trainer.options.steps) {
      await breathe();
      await this.keep(trainer);
      while (this.isPaused && !this.isOver)
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      if (this.isOver) return;
      await this.tell(trainer, await trainer.next());
    }
    this.say({ kind: "done", parameters: (await trainer.result()).parameters });
  }

  private async keep(trainer: Trainer): Promise<void> {
    if (!this.isStateWanted && performance.now() - this.saved < STATE_MS) return;
    [this.isStateWanted, this.saved] = [false, performance.now()];
    this.state = await encodeTraining(trainer);
    this.say({ kind: "state", state: this.state });
  }

  private async tell(trainer: Trainer, { logLoss, seconds, states }: TrainingStep): Promise<void> {
    this.losses.push(logLoss);
    this.steps++;
    const newest = Math.max(NEWEST, 1 / this.steps); // the mean of the first ones, then of the newest
    if (this.steps > 0) this.seconds += newest * (seconds - this.seconds);
    const { step, options } = trainer;
    const now = performance.now();
    if (now - this.told < STEP_MS && step < options.steps) return;
    this.told = now;
    const { after } = await states();
    const said: Step = {
      step,
      steps: options.steps,
      logLoss,
      engine: trainer.engine.name,
      losses: this.losses,
      ...(this.steps >= FEW && { secondsLeft: (options.steps - step) * this.seconds }),
      pictures: Array.from({ length: Math.min(SHOWN, after.count) }, (_, sample) =>
        toRgba(after, { sample, background: "transparent" }),
      ),
      ...(now - this.weighed > WEIGHTS_MS && { parameters: await this.weights(trainer, now) }),
    };
    this.losses = [];
    this.say({ kind: "step", step: said });
  }

  private async weights(trainer: Trainer, now: number) {
    this.weighed = now;
    return (await trainer.learner.weights()).average;
  }
}
