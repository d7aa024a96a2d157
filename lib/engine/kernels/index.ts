// What a thread of the engine runs: samples of the current job, one after the other, until none is left.

import { BACKPROPAGATE, COUNT, JOB, KIND, NEXT_SAMPLE, SAMPLE_TABLE, SAMPLE_WORDS, THREAD_TABLE, THREAD_WORDS, THREADS } from "../layout";
import { backpropagateSample } from "./backward";
import { growSample } from "./forward";
import { failed, job, pointer } from "./job";

export function work(threadIndex: i32): void {
  if (threadIndex >= job(THREADS)) return;
  const thread = pointer(THREAD_TABLE) + <usize>threadIndex * (THREAD_WORDS << 2);
  while (!failed()) {
    const index = atomic.add<i32>(JOB + (NEXT_SAMPLE << 2), 1);
    if (index >= job(COUNT)) return;
    const sample = pointer(SAMPLE_TABLE) + <usize>index * (SAMPLE_WORDS << 2);
    if (job(KIND) == BACKPROPAGATE) backpropagateSample(sample, thread);
    else growSample(sample, thread);
  }
}
