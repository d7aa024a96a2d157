// Trains in a worker of its own, with helpers where memory can be shared. Never imported: the build makes its text.

import { stateAt } from "../../engine/grow.js";
import { defaultThreads } from "../../engine/wasm/crew.js";
import { canFuse, FusedEngine } from "../../engine/wasm/fused.js";
import { canShareMemory } from "../../engine/wasm/module.js";
import { WasmEngine } from "../../engine/wasm/wasm.js";
import { infectionOf } from "../../infection/infection.js";
import { cloneRule } from "../../rule/rule.js";
import { seedFor } from "../../rule/seeds.js";
import { stepCost } from "../../train/cost.js";
import { growth } from "../../train/growth.js";
import { logLoss, summaryOfLosses } from "../../train/loss.js";
import { pictureLosses } from "../../train/picture-loss.js";
import { Trainer } from "../../train/trainer.js";
import { decodeTraining, encodeTraining } from "../../train/training-state.js";
import { toRgba } from "../../view/frame.js";
import type { Lesson, News, Order } from "./protocol.js";
import { transferOf } from "./transfer.js";

/** How often the page hears of a step, gets weights, and gets a state to keep. */
const STEP_MS = 120;
const WEIGHTS_MS = 500;
const STATE_MS = 10_000;
/** Pictures of the batch that are shown. */
const SHOWN = 4;
/** How much of the time a step takes counts of the newest. */
const NEWEST = 0.05;
const GROWN = 200;
const GROWTHS = 8;

const threads = canShareMemory() ? defaultThreads() : 1;
const engine = canFuse() === true ? new FusedEngine(threads) : new WasmEngine(threads);

const post = (news: News) => globalThis.postMessage(news, { transfer: transferOf(news) });

function taskOf({ start, target, hosts }: Lesson) {
  return hosts ? infectionOf(hosts, target) : growth(target, start);
}

function trainerOf(lesson: Lesson): Trainer {
  return new Trainer(cloneRule(lesson.start), taskOf(lesson), { ...lesson.options, engine });
}

const breathe = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** The training under way: a new one ends it. */
let current = 0;
let isPaused = false;
let resume: (() => void) | undefined;
let isAsked = false;

async function learn(lesson: Lesson, state?: Uint8Array): Promise<void> {
  const mine = ++current;
  isPaused = false;
  const trainer = state
    ? await decodeTraining(state, lesson.start, taskOf(lesson), { ...lesson.options, engine })
    : trainerOf(lesson);
  const { steps } = trainer.options;
  let [told, weighed, saved] = [0, 0, performance.now()];
  let [seconds, losses] = [0, [] as number[]];
  while (trainer.step < steps) {
    await breathe();
    if (isAsked || performance.now() - saved > STATE_MS) {
      [isAsked, saved] = [false, performance.now()];
      post({ kind: "state", state: await encodeTraining(trainer) });
    }
    if (isPaused) await new Promise<void>((resolve) => (resume = resolve));
    if (mine !== current) return;
    const step = await trainer.next();
    losses.push(step.logLoss);
    seconds = seconds === 0 ? step.seconds : (1 - NEWEST) * seconds + NEWEST * step.seconds;
    const now = performance.now();
    if (now - told < STEP_MS && trainer.step < steps) continue;
    told = now;
    const { after } = await step.states();
    const pictures = Array.from({ length: Math.min(SHOWN, after.count) }, (_, sample) =>
      toRgba(after, { sample, background: "transparent" }),
    );
    const isTime = now - weighed > WEIGHTS_MS;
    if (isTime) weighed = now;
    post({
      kind: "step",
      step: {
        step: trainer.step,
        steps,
        logLoss: step.logLoss,
        losses,
        stepsASecond: 1 / seconds,
        secondsLeft: (steps - trainer.step) * seconds,
        pictures,
        ...(isTime && { parameters: (await trainer.learner.weights()).average }),
      },
    });
    losses = [];
  }
  const { parameters, grid } = await trainer.result();
  post({ kind: "done", parameters, grid });
}

async function answer(order: Order): Promise<void> {
  if (order.kind === "learn") return learn(order.lesson, order.state);
  if (order.kind === "pause") isPaused = true;
  else if (order.kind === "save") isAsked = true;
  else if (order.kind === "go") {
    isPaused = false;
    resume?.();
  } else if (order.kind === "measure") {
    const cost = await stepCost(trainerOf(order.lesson));
    post({ kind: "cost", secondsPerStep: cost?.seconds ?? 0, engine: engine.name, threads });
  } else if (order.kind === "grade") {
    const { rule, target } = order;
    const seeds = seedFor(rule, { count: GROWTHS, height: target.height, width: target.width });
    const losses = pictureLosses(await stateAt(rule, seeds, GROWN, { engine }), target);
    post({ kind: "grade", logLoss: summaryOfLosses([...losses].map(logLoss)).median });
  }
}

globalThis.onmessage = ({ data }: MessageEvent<Order>) => {
  answer(data).catch((error: unknown) => {
    post({ kind: "failed", message: error instanceof Error ? error.message : `${error}` });
  });
};
