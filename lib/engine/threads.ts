// Threads that run the text of a script: Node's worker threads, or a page's workers. Text, so that a bundle of one file
// starts them too.

/** A thread as the one that started it sees it. */
export interface Thread {
  post(message: unknown): void;
  terminate(): Promise<void>;
}

export interface ThreadOptions {
  /** What the thread is started with: `workerData` in Node, the first message in a page. */
  readonly start: unknown;
  /** Hears what the thread posts. */
  readonly onMessage?: (message: unknown) => void;
  /** Hears why the thread ended. */
  readonly onLost: (why: string) => void;
  /** Whether the process may end while the thread waits. True if not given. */
  readonly isBackground?: boolean;
}

/** Node's worker threads where there are any; asked for at run time, so that a browser can load this file. */
export function nodeThreads(): typeof import("node:worker_threads") | undefined {
  return globalThis.process?.getBuiltinModule?.("node:worker_threads");
}

/** Whether threads can be started here. */
export function canStartThreads(): boolean {
  return nodeThreads() !== undefined || typeof Worker !== "undefined";
}

/** Whether this thread may wait for others: the one that draws a page may not. */
export function canWait(): boolean {
  return typeof document === "undefined";
}

/** How many threads this machine runs at once. */
export function machineThreads(): number {
  const os = globalThis.process?.getBuiltinModule?.("node:os");
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Starts a thread. */
export function startThread(source: string, options: ThreadOptions): Thread {
  const node = nodeThreads();
  return node ? startInNode(node, source, options) : startInPage(source, options);
}

function startInNode(
  { Worker }: typeof import("node:worker_threads"),
  source: string,
  { start, onMessage, onLost, isBackground = true }: ThreadOptions,
): Thread {
  // without the process's own flags, some of which a worker refuses
  const worker = new Worker(source, { eval: true, workerData: start, execArgv: [] });
  let ended: string | undefined;
  worker.on("message", (message) => onMessage?.(message));
  worker.on("error", (error) => {
    ended = error.message;
    onLost(ended);
  });
  worker.on("exit", (code) => {
    if (ended === undefined) onLost(`it ended with code ${code}`);
  });
  if (isBackground) worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    terminate: async () => void (await worker.terminate()),
  };
}

function startInPage(source: string, { start, onMessage, onLost }: ThreadOptions): Thread {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  worker.onmessage = ({ data }) => {
    URL.revokeObjectURL(address); // it has been read
    onMessage?.(data);
  };
  worker.onerror = ({ message }) => onLost(message || "its script could not be started");
  worker.postMessage(start);
  return { post: (message) => worker.postMessage(message), terminate: async () => worker.terminate() };
}
