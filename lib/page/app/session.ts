// What the page is about at the moment: one stage, the offers, and which of them is shown.

import { signal } from "@preact/signals";
import { Stage } from "../stage/stage.js";
import type { Offer, Variant } from "./offers.js";

export type Mode = "live" | "draw";

export class Session {
  readonly stage = new Stage();
  readonly offers = signal<readonly Offer[]>([]);
  readonly offer = signal<Offer | undefined>(undefined);
  readonly variant = signal<Variant | undefined>(undefined);
  readonly mode = signal<Mode>("live");
  readonly isDrawerOpen = signal(false);
  /** Whether the next creature follows in the body that is there. */
  readonly isKept = signal(false);
  /** What went wrong, in a sentence. */
  readonly problem = signal("");

  constructor(
    offers: readonly Offer[],
    /** Whether this is a site of files, where one can draw, keep and share. */
    readonly isSite: boolean,
  ) {
    this.offers.value = offers;
  }

  /** Shows an offer, in one of its variants. */
  async choose(offer: Offer, variant: Variant = offer.variants[0]): Promise<void> {
    this.mode.value = "live";
    this.problem.value = "";
    try {
      const scene = await variant.load();
      await this.stage.show(scene, { isKept: this.isKept.value });
      [this.offer.value, this.variant.value] = [offer, variant];
    } catch (error) {
      this.tell(error);
    }
  }

  tell(error: unknown): void {
    this.problem.value = error instanceof Error ? error.message : `${error}`;
  }
}
