// The creatures to choose from, and what can happen to the one that is shown.

import { Icon } from "./icons.js";
import type { Session } from "./session.js";

export function Tiles({ session }: { readonly session: Session }) {
  const chosen = session.offer.value;
  const isDrawing = session.mode.value === "draw";
  const learning = session.learning.value;
  return (
    <nav class="tiles" aria-label="Creatures">
      {session.isSite && (
        <button
          type="button"
          id="draw"
          class="tile draw"
          aria-pressed={isDrawing}
          onClick={() => session.draw()}
        >
          <Icon name="draw" />
          <span>{learning === undefined ? "Draw your own" : `Learning: ${learning} %`}</span>
        </button>
      )}
      {session.offers.value.map((offer) => (
        <button
          type="button"
          key={offer.id}
          class="tile"
          data-offer={offer.id}
          aria-pressed={!isDrawing && offer.id === chosen?.id}
          onClick={() => void session.choose(offer)}
        >
          <img src={offer.picture} alt="" width="40" height="40" decoding="async" />
          <span>{offer.label}</span>
        </button>
      ))}
    </nav>
  );
}

export function Variants({ session }: { readonly session: Session }) {
  const offer = session.offer.value;
  const own = session.variant.value?.own;
  const { teach } = session;
  if (own && teach)
    return (
      <div class="variants">
        <button type="button" id="teach" onClick={() => teach(own)}>
          Draw or teach it more
        </button>
      </div>
    );
  if (!offer || offer.variants.length < 2) return null;
  return (
    <fieldset class="variants" aria-label={`What happens to the ${offer.label}`}>
      {offer.variants.map((variant) => (
        <button
          type="button"
          key={variant.id}
          data-variant={variant.id}
          aria-pressed={variant.id === session.variant.value?.id}
          onClick={() => void session.choose(offer, variant)}
        >
          {variant.label}
        </button>
      ))}
    </fieldset>
  );
}
