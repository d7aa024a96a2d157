// A training as the page sees it: what it is asked for, and how far it is, as signals.

import { batch, signal } from "@preact/signals";
import type { Target } from "../../cells/cells.js";
import { EngineError } from "../../cells/errors.js";
import { startThread, type Thread } from "../../engine/threads.js";
import type { Parameters, Rule } from "../../rule/rule.js";
import { sentenceOf } from "../words.js";
import type { Lesson, Reply, Request, Step, Unnumbered } from "./protocol.js";

/** What a training is doing. */
export type Phase = "idle" | "learning" | "paused" | "done" | "failed";

interface Waiting {
  readonly resolve: (value: number) => void;
  readonly reject: (error: Error) => void;
}

export class Training {
  readonly phase = signal<Phase>("idle");
  readonly step = signal<Step | undefined>(undefined);
  /** Log losses of all steps so far. */
  readonly losses = signal<readonly number[]>([]);
  readonly problem = signal("");
  readonly lesson = signal<Lesson | undefined>(undefined);
  /** The rule by now. */
  readonly rule = signal<Rule | undefined>(undefined);
  /** The newest state to go on from. */
  state?: Uint8Array;
  private worker?: Promise<Thread>;
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;
  /** The number of the lesson under way. */
  private learning = -1;

  /** `onState` hears of a state to keep. */
  constructor(private readonly onState: () => void = () => {}) {}

  private async send(asked: Unnumbered<Request>): Promise<number> {
    const number = this.asked++;
    if (asked.kind === "learn") this.learning = number;
    try {
      this.worker ??= this.start();
      (await this.worker).post({ number, ...asked });
    } catch (error) {
      this.worker = undefined;
      this.fail(sentenceOf(error));
    }
    return number;
  }

  private async start(): Promise<Thread> {
    const { trainer } = await import("./server.generated.js");
    return startThread(trainer, {
      start: undefined,
      onMessage: (reply) => this.hear(reply as Reply),
      onLost: (why) => this.fail(`The training's worker was lost: ${why}.`),
    });
  }

  private async ask(asked: Unnumbered<Request>): Promise<number> {
    return new Promise((resolve, reject) => {
      this.waiting.set(this.asked, { resolve, reject });
      void this.send(asked);
    });
  }

  /** Seconds that a training step of such a lesson takes, measured. */
  measure(lesson: Lesson): Promise<number> {
    return this.ask({ kind: "measure", lesson });
  }

  /** The log loss of what a rule grows, the median of eight growths. */
  grade(rule: Rule, target: Target): Promise<number> {
    return this.ask({ kind: "grade", rule, target });
  }

  /** Starts a lesson, or goes on with it from a state. */
  learn(lesson: Lesson, state?: Uint8Array, losses: readonly number[] = []): void {
    this.state = state;
    batch(() => {
      this.phase.value = "learning";
      this.lesson.value = lesson;
      this.step.value = undefined;
      this.losses.value = losses;
      this.problem.value = "";
      this.rule.value = lesson.start;
    });
    void this.send({ kind: "learn", lesson, state });
  }

  /** Shows what was learned before, without learning again. */
  recall(lesson: Lesson, rule: Rule, losses: readonly number[]): void {
    batch(() => {
      this.phase.value = "done";
      [this.lesson.value, this.rule.value, this.losses.value] = [lesson, rule, losses];
    });
  }

  pause(): void {
    if (this.phase.value !== "learning") return;
    this.phase.value = "paused";
    void this.send({ kind: "save" });
    void this.send({ kind: "pause" });
  }

  /** Goes on after a pause, or from the last state after a failure. */
  go(): void {
    const lesson = this.lesson.value;
    if (this.phase.value === "failed" && lesson) this.learn(lesson, this.state, this.losses.value);
    if (this.phase.value !== "paused") return;
    this.phase.value = "learning";
    void this.send({ kind: "go" });
  }

  /** Ends the worker, and whatever it is at. */
  async stop(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    for (const { reject } of this.waiting.values()) reject(new EngineError("The training was stopped."));
    this.waiting.clear();
    await worker?.then((thread) => thread.terminate()).catch(() => {});
  }

  private learned(parameters: Parameters): void {
    const { spec, grid } = this.lesson.value!.start;
    this.rule.value = { spec, parameters, grid };
  }

  private hear(reply: Reply): void {
    const waiting = this.waiting.get(reply.number);
    this.waiting.delete(reply.number);
    if (reply.kind === "cost") waiting?.resolve(reply.seconds);
    else if (reply.kind === "grade") waiting?.resolve(reply.logLoss);
    else if (waiting && reply.kind === "failed") waiting.reject(new EngineError(reply.message));
    else if (reply.number === this.learning) this.hearOfLesson(reply);
  }

  private hearOfLesson(reply: Reply): void {
    if (reply.kind === "failed") this.fail(reply.message);
    else if (reply.kind === "state") {
      this.state = reply.state;
      this.onState();
    } else if (reply.kind === "done") {
      this.learned(reply.parameters);
      this.phase.value = "done";
    } else if (reply.kind === "step") {
      const { step } = reply;
      batch(() => {
        this.step.value = step;
        this.losses.value = [...this.losses.value, ...step.losses];
        if (step.parameters) this.learned(step.parameters);
      });
    }
  }

  private fail(message: string): void {
    void this.stop();
    if (this.phase.value !== "learning" && this.phase.value !== "paused") return;
    batch(() => {
      this.problem.value = message;
      this.phase.value = "failed";
    });
  }
}
