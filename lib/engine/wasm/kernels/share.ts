// How threads share the work on a sample. Its leader publishes shares of a part of a CA step; any thread that has no
// sample of its own takes one. Who does a share changes no bit: a number is summed within one share of a part, and the
// leader waits for all shares before it publishes the next part.
//
// TICKETS holds how many shares are not taken yet and, in the bits above, a number that changes with every publishing.
// A thread takes a share by counting down in one atomic exchange: work that is finished has no shares left.

import {
  COUNT, FINISHED, HELPERS, JOB, LEADERS, PROGRESS, PUBLISHED, SHARE_KIND, SHARES_LEFT, SILENT_SECONDS, SLEEPERS,
  THREAD_SILENT, THREAD_TABLE, THREAD_WORDS, TICKETS,
} from "../layout";
import { fail, failed, job, pointer } from "./job";

const COUNT_BITS: u32 = 16;
const COUNT_MASK: u32 = 0xffff;
/** The most shares that can be published. */
export const SHARES_MAX = 0xffff;

const FINISHED_AT: usize = JOB + (FINISHED << 2);
const HELPERS_AT: usize = JOB + (HELPERS << 2);
const SLEEPERS_AT: usize = JOB + (SLEEPERS << 2);
const PUBLISHED_AT: usize = JOB + (PUBLISHED << 2);
const PROGRESS_AT: usize = JOB + (PROGRESS << 2);

/** Looks before a thread sleeps: tens of microseconds, as long as a leader works alone between two shared parts. */
const LOOKS = 20_000;
/** The same for one that looks at all leaders' tickets. */
const LOOKS_AT_LEADERS = 8_000;
const SECOND: i64 = 1_000_000_000;
const TIMED_OUT = 2;

/** Is there a thread that would take shares? */
@inline
export function hasHelpers(): bool {
  return atomic.load<i32>(HELPERS_AT) > 0;
}

/** Wakes so many of the helpers that sleep. */
function wake(helpers: i32): void {
  atomic.add<i32>(PUBLISHED_AT, 1);
  if (atomic.load<i32>(SLEEPERS_AT) > 0) atomic.notify(PUBLISHED_AT, helpers);
}

/** Offers shares of one kind of work; what they are about is in the leader's words. */
export function publish(leader: usize, kind: i32, shares: i32): void {
  const tickets = leader + (TICKETS << 2);
  store<i32>(leader, kind, SHARE_KIND << 2);
  atomic.store<i32>(leader + (SHARES_LEFT << 2), shares);
  const turn = (atomic.load<u32>(tickets) >> COUNT_BITS) + 1;
  atomic.store<u32>(tickets, (turn << COUNT_BITS) | <u32>shares);
  wake(shares);
}

/** The number of a share of a leader's work that is now the caller's; -1 when none is left. */
export function takeShare(leader: usize): i32 {
  const at = leader + (TICKETS << 2);
  while (true) {
    const tickets = atomic.load<u32>(at);
    const left = tickets & COUNT_MASK;
    if (left == 0) return -1;
    if (atomic.cmpxchg<u32>(at, tickets, tickets - 1) == tickets) return <i32>left - 1;
  }
}

export function finishShare(leader: usize): void {
  const left = leader + (SHARES_LEFT << 2);
  if (atomic.sub<i32>(left, 1) == 1) atomic.notify(left, -1);
}

/** How long no thread has reported progress, as one that waits in turns of a second sees it. */
let silent = 0;
let moved = 0;

/** Waits up to a second for a word to change; fails the job when no thread has made progress for long. */
function waitASecond(word: usize, value: i32): void {
  const outcome = atomic.wait<i32>(word, value, SECOND);
  const progress = atomic.load<i32>(PROGRESS_AT);
  silent = outcome == TIMED_OUT && progress == moved ? silent + 1 : 0;
  moved = progress;
  if (silent >= SILENT_SECONDS) fail(THREAD_SILENT);
}

/** The leader waits until all shares are done. */
export function joinShares(leader: usize): void {
  const word = leader + (SHARES_LEFT << 2);
  for (let look = 0; look < LOOKS; look++) if (atomic.load<i32>(word) == 0) return;
  while (!failed()) {
    const left = atomic.load<i32>(word);
    if (left == 0) return;
    waitASecond(word, left);
  }
}

/** Says that a sample is done; after the last one, helpers go home. */
export function finishSample(): void {
  if (atomic.add<i32>(FINISHED_AT, 1) + 1 == job(COUNT)) wake(-1);
}

/** Counts the caller among the helpers. */
export function startHelping(): void {
  atomic.add<i32>(HELPERS_AT, 1);
}

/** A leader that has shares left, looked for from this one on; 0 when all samples are done. */
export function awaitLeader(first: i32): usize {
  const leaders = job(LEADERS);
  const bytes = <usize>(THREAD_WORDS << 2);
  const table = pointer(THREAD_TABLE);
  const end = table + <usize>leaders * bytes;
  const start = table + <usize>(first % leaders) * bytes;
  for (let looks = LOOKS_AT_LEADERS / leaders; !failed(); looks--) {
    const published = atomic.load<i32>(PUBLISHED_AT);
    let leader = start;
    for (let i = 0; i < leaders; i++) {
      if ((atomic.load<u32>(leader + (TICKETS << 2)) & COUNT_MASK) != 0) return leader;
      leader += bytes;
      if (leader == end) leader = table;
    }
    if (atomic.load<i32>(FINISHED_AT) == job(COUNT)) return 0;
    if (looks > 0) continue;
    atomic.add<i32>(SLEEPERS_AT, 1);
    waitASecond(PUBLISHED_AT, published);
    atomic.sub<i32>(SLEEPERS_AT, 1);
  }
  return 0;
}
