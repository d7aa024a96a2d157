// The first moment of a page: something lives.

import type { World } from "../world.js";
import type { Session } from "./session.js";
import { followTheme } from "./theme.js";

declare global {
  /** For tests and the curious: the world on the page. */
  var playground: {
    readonly world: World | undefined;
    readonly isRunning: boolean;
    readonly framesASecond: number;
    /** The drawing on the board, where there is one: RGBA in 8 bits. */
    drawing?: () => { readonly size: number; readonly data: readonly number[] };
  };
}

/** Starts the page with what `first` shows, or with its first offer where there is none, or that cannot be shown. */
export function begin(session: Session, first?: () => Promise<boolean>): void {
  const { stage } = session;
  globalThis.playground = {
    get world() {
      return stage.world;
    },
    get isRunning() {
      return stage.isRunning.value;
    },
    get framesASecond() {
      return stage.figures.value.framesASecond;
    },
  };
  followTheme();
  stage.isRunning.value = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  stage.start();
  const [offer] = session.offers.value;
  void (async () => {
    if (await first?.()) return;
    const { problem } = session;
    const said = problem.value;
    if (offer) await session.choose(offer);
    if (said) problem.value = said;
  })();
}
