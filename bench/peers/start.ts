// Starts a peer in a process of its own and asks it for one piece of work at a time.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { root } from "#scripts/setup/root.mjs";
import type { Answer, Request } from "./serve.js";

export interface Peer {
  /**
   * One piece of work, twice the time for a warm one; throws PeerError when the peer cannot do it, or not within the
   * time. It then answers nothing more.
   */
  ask(request: Request, limitSeconds: number): Promise<Answer>;
  stop(): void;
}

/** A peer that cannot take part; the message says why. */
export class PeerError extends Error {
  override name = "PeerError";
}

export class PeerProcess implements Peer {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly closed: Promise<unknown>;
  private problem = "";
  /** What it was stopped for. */
  private late?: string;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
    this.closed = new Promise((resolve) => this.child.once("close", resolve));
    this.child.on("error", (error) => {
      this.problem += error.message;
    });
    this.child.stderr?.on("data", (text) => {
      this.problem += text;
    });
    this.child.stdin?.on("error", () => {}); // it has ended; its missing answer says so
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  async ask(request: Request, limitSeconds: number): Promise<Answer> {
    const steps = `${request.steps} CA step${request.steps === 1 ? "" : "s"}`;
    const seconds = request.warm ? 2 * limitSeconds : limitSeconds; // it is done twice
    const timer = setTimeout(() => {
      this.late = `${steps} took more than ${limitSeconds} s`;
      this.stop();
    }, 1000 * seconds);
    this.child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done) await this.closed; // the last of what it complained of may come after the end of its answers
    clearTimeout(timer);
    if (!done) return JSON.parse(value);
    throw new PeerError(this.late ?? this.reason() ?? `it ended without an answer to ${steps}`);
  }

  /** What the process complained of: the line that names an error, or the last one; without this machine's folders. */
  private reason(): string | undefined {
    const lines = this.problem.replaceAll(root, "").split("\n");
    const line = lines.find((one) => /error:/i.test(one)) ?? lines.filter(Boolean).pop();
    return line?.replace(/^\s*\w*Error: /, "").replace(/[\s.]+$/, "");
  }

  stop(): void {
    this.child.kill("SIGKILL"); // a peer deep in a computation does not hear anything less
  }
}
