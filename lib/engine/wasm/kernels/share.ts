// How threads share the work on a batch of one. The leader, thread 0, publishes shares; any free thread takes one.
//
// TICKETS holds how many shares are not taken yet and, in the bits above, a number that changes with every publishing,
// so that a thread that sleeps on the word wakes up. A thread takes a share by counting down in one atomic exchange:
// work that is finished has no shares left.

import {
  JOB, PROGRESS, SHARE_KIND, SHARE_TILE, SHARE_TILES, SHARES_LEFT, SILENT_SECONDS, THREAD_FAILED, THREAD_TABLE, TICKETS,
} from "../layout";
import { fail, failed, pointer } from "./job";

const TICKETS_AT: usize = JOB + (TICKETS << 2);
const LEFT_AT: usize = JOB + (SHARES_LEFT << 2);
const COUNT_BITS: u32 = 16;
const COUNT_MASK: u32 = 0xffff;
/** No more shares will come. */
const DISMISSED: u32 = 0xffffffff;

/** Looks before a thread sleeps: tens of microseconds, as long as a leader works alone between two shared parts. */
const LOOKS = 20_000;
const SECOND: i64 = 1_000_000_000;
const TIMED_OUT = 2;

/** The thread that shares out its work. */
@inline
export function leader(): usize {
  return pointer(THREAD_TABLE);
}

/** Offers shares, fewer than 65,535, of one kind of work on tiles, the first of which is at `tile`. */
export function publish(kind: i32, shares: i32, tiles: i32, tile: usize): void {
  store<i32>(JOB + (SHARE_KIND << 2), kind);
  store<i32>(JOB + (SHARE_TILES << 2), tiles);
  store<usize>(JOB + (SHARE_TILE << 2), tile);
  atomic.store<i32>(LEFT_AT, shares);
  const turn = (atomic.load<u32>(TICKETS_AT) >> COUNT_BITS) + 1;
  atomic.store<u32>(TICKETS_AT, (turn << COUNT_BITS) | <u32>shares);
  atomic.notify(TICKETS_AT, shares - 1);
}

/** The number of a share that is now the caller's; -1 when none is left. */
export function takeShare(): i32 {
  while (true) {
    const tickets = atomic.load<u32>(TICKETS_AT);
    const left = tickets & COUNT_MASK;
    if (left == 0 || tickets == DISMISSED) return -1;
    if (atomic.cmpxchg<u32>(TICKETS_AT, tickets, tickets - 1) == tickets) return <i32>left - 1;
  }
}

export function finishShare(): void {
  if (atomic.sub<i32>(LEFT_AT, 1) == 1) atomic.notify(LEFT_AT, -1);
}

/** The leader waits until all shares are done. */
export function joinShares(): void {
  for (let look = 0; look < LOOKS; look++) if (atomic.load<i32>(LEFT_AT) == 0) return;
  let moved = atomic.load<i32>(JOB + (PROGRESS << 2));
  let silent = 0;
  while (!failed()) {
    const left = atomic.load<i32>(LEFT_AT);
    if (left == 0) return;
    if (atomic.wait<i32>(LEFT_AT, left, SECOND) != TIMED_OUT) continue;
    const progress = atomic.load<i32>(JOB + (PROGRESS << 2));
    silent = progress == moved ? silent + 1 : 0;
    moved = progress;
    if (silent >= SILENT_SECONDS) fail(THREAD_FAILED);
  }
}

/** A helper waits until there are shares to take; false when there will be none. */
export function awaitShares(): bool {
  while (!failed()) {
    for (let look = 0; look < LOOKS; look++) {
      const tickets = atomic.load<u32>(TICKETS_AT);
      if (tickets == DISMISSED) return false;
      if ((tickets & COUNT_MASK) != 0) return true;
    }
    const tickets = atomic.load<u32>(TICKETS_AT);
    if ((tickets & COUNT_MASK) == 0) atomic.wait<i32>(TICKETS_AT, tickets, SECOND);
  }
  return false;
}

/** Tells the helpers that no more shares will come. */
export function dismiss(): void {
  atomic.store<u32>(TICKETS_AT, DISMISSED);
  atomic.notify(TICKETS_AT, -1);
}
