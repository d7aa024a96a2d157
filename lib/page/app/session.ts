// What the page is about at the moment: one stage, the offers, and which of them is shown.

import { signal } from "@preact/signals";
import type { Offer, OwnRule, Variant } from "../offers.js";
import { LARGE, roomFor, type Setting, Stage } from "../stage/stage.js";
import { sentenceOf } from "../words.js";

export type Mode = "live" | "draw";

/** What is on the stage, as it is shared: one of the page's scenes, or a rule of the visitor's own. */
export interface Shown {
  readonly label: string;
  readonly offer?: string;
  readonly variant?: string;
  readonly own?: OwnRule;
}

export class Session {
  readonly stage = new Stage();
  readonly offers = signal<readonly Offer[]>([]);
  readonly offer = signal<Offer | undefined>(undefined);
  readonly variant = signal<Variant | undefined>(undefined);
  readonly shown = signal<Shown | undefined>(undefined);
  readonly mode = signal<Mode>("live");
  readonly isDrawerOpen = signal(false);
  /** Whether the next creature goes on in the body that is there. */
  readonly isKept = signal(false);
  /** What went wrong, in a sentence. */
  readonly problem = signal("");
  /** How much of a lesson is learned, in percent, while one goes on. */
  readonly learning = signal<number | undefined>(undefined);
  /** Takes a rule of the visitor's own back to the drawing board, where there is one. */
  teach?: (own: OwnRule) => void;
  private asked = 0;

  constructor(
    offers: readonly Offer[],
    /** Whether this is a site of files, where one can draw, keep and share. */
    readonly isSite: boolean,
  ) {
    this.offers.value = offers;
  }

  /** Shows an offer, in one of its variants, unless something else is asked for meanwhile. False where it cannot be. */
  async choose(offer: Offer, variant: Variant = offer.variants[0], setting?: Setting): Promise<boolean> {
    const asked = ++this.asked;
    this.problem.value = "";
    this.mode.value = "live";
    try {
      const scene = await variant.load();
      if (asked !== this.asked) return true;
      if (this.stage.tool.value === "plant" && !setting && this.mode.peek() === "live") {
        const [strain] = scene.strains;
        if (this.stage.addToPlant(strain)) {
          this.stage.message.value = `Touch the stage: it plants a seed of the ${strain.name}.`;
          return true;
        }
      }
      if (this.isKept.value && !setting) await this.stage.follow(scene);
      else await this.stage.show(scene, setting ?? this.settingFor(variant));
      if (asked !== this.asked) return true;
      [this.offer.value, this.variant.value] = [offer, variant];
      const { own } = variant;
      this.shown.value = {
        label: offer.label,
        ...(own ? { own } : { offer: offer.id, variant: variant.id }),
      };
      return true;
    } catch (error) {
      if (asked === this.asked) this.tell(error);
      return false;
    }
  }

  /** What a creature is shown with: a large grid that was chosen stays, and a small creature has room for another. */
  private settingFor({ own }: Variant): Setting {
    const { rngSeed, side = 0, turn } = this.stage.setting.value;
    if (own?.rule.spec.aliveMask === "none") return { rngSeed, turn, side: own.side }; // it fills its grid
    if (side >= LARGE) return { rngSeed, side, turn };
    return { rngSeed, turn, side: own && !own.isInfection ? roomFor(own.side) : undefined };
  }

  /** Goes to the drawing board; whatever was loading does not come any more. */
  draw(): void {
    this.asked++;
    this.problem.value = "";
    this.mode.value = "draw";
  }

  /** Puts an offer among the others, in the place of one of the same id. */
  add(offer: Offer): void {
    this.offers.value = [...this.offers.value.filter(({ id }) => id !== offer.id), offer];
  }

  remove(offer: Offer): void {
    this.offers.value = this.offers.value.filter(({ id }) => id !== offer.id);
  }

  tell(error: unknown): void {
    this.problem.value = sentenceOf(error);
  }
}
