// What a thread of the engine runs: samples, one after the other, until none is left; then it helps with those that
// others still work on.

import * as L from "../layout";
import { backpropagateSample, chainShare, weightsShare } from "./backward";
import { growSample } from "./forward";
import { failed, job, pointer } from "./job";
export { fuses } from "./madd";
import { awaitLeader, finishSample, finishShare, startHelping, takeShare } from "./share";
import { updateShare } from "./update";

function workOn(index: i32, thread: usize): void {
  const sample = pointer(L.SAMPLE_TABLE) + <usize>index * (L.SAMPLE_WORDS << 2);
  if (job(L.KIND) == L.BACKPROPAGATE) backpropagateSample(sample, thread);
  else growSample(sample, thread);
}

function help(threadIndex: i32, thread: usize): void {
  startHelping();
  for (let leader = awaitLeader(threadIndex); leader != 0; leader = awaitLeader(threadIndex)) {
    for (let share = takeShare(leader); share >= 0; share = takeShare(leader)) {
      const kind = load<i32>(leader, L.SHARE_KIND << 2);
      if (kind == L.SHARE_FORWARD) updateShare(share, thread, leader);
      else if (kind == L.SHARE_CHAIN) chainShare(share, thread, leader);
      else weightsShare(share, leader);
      finishShare(leader);
    }
  }
}

export function work(threadIndex: i32): void {
  if (threadIndex >= job(L.THREADS)) return;
  const thread = pointer(L.THREAD_TABLE) + <usize>threadIndex * (L.THREAD_WORDS << 2);
  while (threadIndex < job(L.LEADERS) && !failed()) {
    const index = atomic.add<i32>(L.JOB + (L.NEXT_SAMPLE << 2), 1);
    if (index >= job(L.COUNT)) break;
    workOn(index, thread);
    finishSample();
  }
  if (job(L.THREADS) > 1) help(threadIndex, thread);
}
