// States to go back to, the newest last. The oldest are forgotten when they take too much memory.

import type { Snapshot } from "../world.js";

const MOST_BYTES = 48 * 2 ** 20;

function bytesOf({ cells }: Snapshot): number {
  return cells.data.byteLength + cells.strains.byteLength;
}

export class History {
  private readonly states: Snapshot[] = [];

  get length(): number {
    return this.states.length;
  }

  remember(state: Snapshot): void {
    this.states.push(state);
    let bytes = this.states.reduce((sum, one) => sum + bytesOf(one), 0);
    while (bytes > MOST_BYTES && this.states.length > 1) bytes -= bytesOf(this.states.shift()!);
  }

  /** The newest state, which is then forgotten. */
  take(): Snapshot | undefined {
    return this.states.pop();
  }

  forget(): void {
    this.states.length = 0;
  }
}
