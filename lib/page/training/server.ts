// Trains in a worker of its own, with helpers where memory can be shared. Never imported: the build makes its text.

import { pictureLosses } from "../../cells/picture-loss.js";
import { stateAt } from "../../engine/grow.js";
import { defaultThreads } from "../../engine/wasm/crew.js";
import { canFuse, FusedEngine } from "../../engine/wasm/fused.js";
import { WasmEngine } from "../../engine/wasm/wasm.js";
import { WebGpuEngine } from "../../engine/webgpu/webgpu.js";
import { seedFor } from "../../rule/seeds.js";
import { logLoss, summaryOfLosses } from "../../train/loss.js";
import { sentenceOf } from "../words.js";
import { Chooser } from "./choice.js";
import { Course } from "./course.js";
import type { Reply, Request } from "./protocol.js";

/** When and on how many growths a rule is graded. */
const GRADED_AT = 200;
const GROWTHS = 8;

const threads = defaultThreads(); // one where memory cannot be shared
const processor = canFuse() === true ? new FusedEngine(threads) : new WasmEngine(threads);
const chooser = new Chooser(processor, new WebGpuEngine());
let course: Course | undefined;

const post = (reply: Reply) => globalThis.postMessage(reply);

async function answer(request: Request): Promise<void> {
  const { number } = request;
  if (request.kind === "measure") {
    const { seconds } = await chooser.fastest(request.lesson);
    post({ number, kind: "cost", seconds });
  } else if (request.kind === "grade") {
    const { rule, target } = request;
    const seeds = seedFor(rule, { count: GROWTHS, height: target.height, width: target.width });
    const losses = pictureLosses(await stateAt(rule, seeds, GRADED_AT, { engine: processor }), target);
    post({ number, kind: "grade", logLoss: summaryOfLosses([...losses].map(logLoss)).median });
  } else if (request.kind === "learn") {
    course?.end();
    course = new Course(chooser, (said) => post({ number, ...said } as Reply));
    await course.run(request.lesson, request.state);
  } else course?.[request.kind]();
}

globalThis.onmessage = ({ data }: MessageEvent<Request | undefined>) => {
  if (data)
    // the first message says nothing: it starts the worker
    answer(data).catch((error: unknown) => {
      post({ number: data.number, kind: "failed", message: sentenceOf(error) });
    });
};
