// Starts a peer in a process of its own and asks it for one piece of work at a time.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Answer } from "./serve.js";

/** A peer that cannot take part; the message says why. */
export class PeerError extends Error {
  override name = "PeerError";
}

export class Peer {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private problem = "";

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
    this.child.on("error", (error) => {
      this.problem += error.message;
    });
    this.child.stderr?.on("data", (text) => {
      this.problem += text;
    });
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /** One piece of work; throws PeerError when the process cannot do it. */
  async ask(): Promise<Answer> {
    this.child.stdin?.on("error", () => {});
    this.child.stdin?.write("go\n");
    const { value, done } = await this.lines.next();
    if (!done) return JSON.parse(value);
    throw new PeerError(this.problem.trim().split("\n").pop() || "it ended without an answer");
  }

  stop(): void {
    this.child.kill();
  }
}
