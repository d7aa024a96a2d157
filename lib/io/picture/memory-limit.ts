// Ends this process when it takes more memory than it may, while its main thread is busy in a native library. A limit
// of the system would count address space, of which Node reserves gigabytes.
import { Worker } from "node:worker_threads";

const EVERY_MS = 20;

/** What runs in the thread: why it ends goes out as text, as only the main thread could set an exit code. */
const WATCH = `
  const { workerData } = require("node:worker_threads");
  const { writeSync } = require("node:fs");
  setInterval(() => {
    if (process.memoryUsage.rss() <= workerData.bytes) return;
    writeSync(2, workerData.word);
    process.kill(process.pid, "SIGKILL");
  }, ${EVERY_MS});
`;

/** What a process that is ended for its memory leaves on standard error. */
export const OUT_OF_MEMORY = "decoder: too much memory";

/** Kills this process once it holds more than `megabytes` of memory. */
export function killAbove(megabytes: number): void {
  const workerData = { bytes: megabytes * 2 ** 20, word: OUT_OF_MEMORY };
  new Worker(WATCH, { eval: true, workerData }).unref();
}
