// The job that the host writes into memory before it calls `work`, read by every thread; and the arena for tapes.

import { ARENA, JOB, LINE, OUT_OF_MEMORY, PROGRESS, PUBLISHED, STATUS } from "../layout";

const PAGE: u64 = 65536;
const GROWTH: u64 = 256; // pages, 16 MiB: growing is a system call, so not for every tape block
const LAST: u64 = 0xffff0000; // the end of a 32-bit memory, less a page so that no address overflows

@inline
export function job(word: i32): i32 {
  return load<i32>(<usize>JOB + (<usize>word << 2));
}

@inline
export function pointer(word: i32): usize {
  return load<usize>(<usize>JOB + (<usize>word << 2));
}

@inline
export function field(struct: usize, word: i32): usize {
  return load<usize>(struct + (<usize>word << 2));
}

/** Ends the job; wakes the helpers that sleep, so that they see it. */
export function fail(status: i32): void {
  atomic.store<i32>(JOB + (STATUS << 2), status);
  atomic.add<i32>(JOB + (PUBLISHED << 2), 1);
  atomic.notify(JOB + (PUBLISHED << 2), -1);
}

/** Tells the thread that waits for the others that this one is still making progress. */
@inline
export function tick(): void {
  atomic.add<i32>(<usize>JOB + (PROGRESS << 2), 1);
}

export function failed(): bool {
  return atomic.load<i32>(JOB + (STATUS << 2)) != 0;
}

/** How many bytes can still be allocated, if no other thread takes them. */
export function allocatable(): u64 {
  const at = atomic.load<u64>(<usize>JOB + (ARENA << 2));
  return at < LAST ? LAST - at : 0;
}

/** Allocates memory on a cache line, which is gone when the next job starts; 0 when there is no more memory. */
export function allocate(bytes: u64): usize {
  if (failed()) return 0;
  const size = (bytes + (LINE - 1)) & ~<u64>(LINE - 1);
  const at = atomic.add<u64>(<usize>JOB + (ARENA << 2), size);
  const end = at + size;
  if (end > LAST) {
    fail(OUT_OF_MEMORY);
    return 0;
  }
  while (<u64>memory.size() * PAGE < end) {
    const missing = (end + PAGE - 1) / PAGE - <u64>memory.size();
    if (<i64>missing <= 0) break;
    const room = LAST / PAGE - <u64>memory.size();
    let grown = memory.grow(<i32>min(max(missing, GROWTH), room));
    if (grown < 0) grown = memory.grow(<i32>missing);
    if (grown < 0 && <u64>memory.size() * PAGE < end) {
      fail(OUT_OF_MEMORY);
      return 0;
    }
  }
  return <usize>at;
}
