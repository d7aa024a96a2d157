// A training as the page sees it: what it is asked for, and how far it is, as signals.

import { batch, signal } from "@preact/signals";
import type { Target } from "../../cells/cells.js";
import { startThread, type Thread } from "../../engine/threads.js";
import type { Parameters, Rule } from "../../rule/rule.js";
import type { Lesson, News, Order, Step } from "./protocol.js";

/** What a training is doing. */
export type Phase = "idle" | "learning" | "paused" | "done" | "failed";

export interface Cost {
  readonly secondsPerStep: number;
  readonly engine: string;
  readonly threads: number;
}

export class Training {
  readonly phase = signal<Phase>("idle");
  readonly step = signal<Step | undefined>(undefined);
  /** Log losses of all steps so far. */
  readonly losses = signal<readonly number[]>([]);
  readonly problem = signal("");
  readonly cost = signal<Cost | undefined>(undefined);
  /** The rule by now. */
  readonly rule = signal<Rule | undefined>(undefined);
  lesson?: Lesson;
  private worker?: Promise<Thread>;
  private onState?: (state: Uint8Array) => void;
  private onGrade?: (logLoss: number) => void;

  /** Hears of a state to keep, from which `learn` can go on. */
  keep(onState: (state: Uint8Array) => void): void {
    this.onState = onState;
  }

  private async post(order: Order): Promise<void> {
    this.worker ??= import("./server.generated.js").then(({ trainer }) =>
      startThread(trainer, {
        start: { kind: "go" } satisfies Order,
        onMessage: (news) => this.hear(news as News),
        onLost: (why) => this.fail(`The training stopped: ${why}.`),
      }),
    );
    (await this.worker).post(order);
  }

  /** Asks how long a step of such a lesson takes: `cost` will tell. */
  measure(lesson: Lesson): void {
    if (this.phase.value !== "learning") void this.post({ kind: "measure", lesson });
  }

  /** Starts a lesson, or goes on with it from a state. */
  learn(lesson: Lesson, state?: Uint8Array, losses: readonly number[] = []): void {
    this.lesson = lesson;
    batch(() => {
      this.phase.value = "learning";
      this.step.value = undefined;
      this.losses.value = losses;
      this.problem.value = "";
      this.rule.value = lesson.start;
    });
    void this.post({ kind: "learn", lesson, state });
  }

  pause(): void {
    if (this.phase.value !== "learning") return;
    this.phase.value = "paused";
    void this.post({ kind: "save" });
    void this.post({ kind: "pause" });
  }

  go(): void {
    if (this.phase.value !== "paused") return;
    this.phase.value = "learning";
    void this.post({ kind: "go" });
  }

  /** Ends the training and its worker. */
  async stop(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    this.phase.value = "idle";
    this.step.value = undefined;
    await (await worker)?.terminate();
  }

  /** The log loss of what a rule grows, the median of eight growths. */
  grade(rule: Rule, target: Target): Promise<number> {
    return new Promise((resolve) => {
      this.onGrade = resolve;
      void this.post({ kind: "grade", rule, target });
    });
  }

  private learned(parameters: Parameters, grid = this.rule.value?.grid): void {
    if (this.lesson) this.rule.value = { spec: this.lesson.start.spec, parameters, grid };
  }

  private hear(news: News): void {
    if (news.kind === "cost") this.cost.value = news;
    else if (news.kind === "state") this.onState?.(news.state);
    else if (news.kind === "grade") this.onGrade?.(news.logLoss);
    else if (news.kind === "failed") this.fail(news.message);
    else if (news.kind === "done") {
      this.learned(news.parameters, news.grid);
      this.phase.value = "done";
    } else if (this.phase.value === "learning") {
      const { parameters, losses } = news.step;
      batch(() => {
        this.step.value = news.step;
        this.losses.value = [...this.losses.value, ...losses];
        if (parameters) this.learned(parameters);
      });
    }
  }

  private fail(message: string): void {
    this.worker = undefined;
    batch(() => {
      this.problem.value = message;
      this.phase.value = "failed";
    });
  }
}
