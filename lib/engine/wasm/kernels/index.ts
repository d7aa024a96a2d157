// What a thread of the engine runs. For a batch of many: samples, one after the other, until none is left. For a batch
// of one: thread 0 leads, and the others take shares of its work until they are dismissed.

import * as L from "../layout";
import { backpropagateSample, backwardShare } from "./backward";
import { growSample } from "./forward";
import { failed, job, pointer } from "./job";
export { fuses } from "./madd";
import { awaitShares, dismiss, takeShare } from "./share";
import { updateShare } from "./update";

function workOn(index: i32, thread: usize): void {
  const sample = pointer(L.SAMPLE_TABLE) + <usize>index * (L.SAMPLE_WORDS << 2);
  if (job(L.KIND) == L.BACKPROPAGATE) backpropagateSample(sample, thread);
  else growSample(sample, thread);
}

function help(thread: usize): void {
  while (awaitShares()) {
    for (let share = takeShare(); share >= 0; share = takeShare()) {
      if (job(L.SHARE_KIND) == L.SHARE_BACKWARD) backwardShare(share, thread);
      else updateShare(share, thread);
    }
  }
}

export function work(threadIndex: i32): void {
  if (threadIndex >= job(L.THREADS)) return;
  const thread = pointer(L.THREAD_TABLE) + <usize>threadIndex * (L.THREAD_WORDS << 2);
  if (job(L.SHARED)) {
    if (threadIndex > 0) return help(thread);
    workOn(0, thread);
    return dismiss();
  }
  while (!failed()) {
    const index = atomic.add<i32>(L.JOB + (L.NEXT_SAMPLE << 2), 1);
    if (index >= job(L.COUNT)) return;
    workOn(index, thread);
  }
}
