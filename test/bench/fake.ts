// Contenders that answer at once, or fail, as a test says.

import type { Contender } from "../../bench/contenders.js";
import type { Answer, Request } from "../../bench/peers/serve.js";
import { PeerError } from "../../bench/peers/start.js";
import { quiet } from "../../bench/workloads.js";
import { emptyCells } from "../../lib/cells/cells.js";

export const ANSWER: Answer = { seconds: 2, peakRssMb: 100, loss: 0.5 };

/** Its peer answers with `answer`; once it has thrown, it gives nothing but errors, as a process that has ended. */
export function fake(impl: string, answer: (request: Request) => Answer): Contender {
  const start = () => {
    let dead = false;
    const ask = async (request: Request) => {
      if (dead) throw new PeerError("it is dead");
      dead = true;
      const answered = answer(request);
      dead = false;
      return answered;
    };
    return { ask, stop() {} };
  };
  return { impl, threads: 2, start };
}

/** A small grid, every cell of it alive. */
export function workload(steps = 4) {
  const cells = emptyCells(1, 12, 12, 16);
  cells.data.fill(1);
  return { name: "test", rule: quiet({}), cells, steps };
}
