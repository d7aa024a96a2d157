// Who holds how much of what lives: a bar that moves as the strains do.

import { STRAIN_INKS } from "../stage/paint.js";
import type { Stage } from "../stage/stage.js";
import { Button } from "./parts.js";

const LEAST_TO_FIGHT = 3;

export function Shares({ stage }: { readonly stage: Stage }) {
  const scene = stage.scene.value;
  if (scene?.isApart)
    return (
      <ol class="names">
        {scene.strains.map(({ name }) => (
          <li key={name}>{name}</li>
        ))}
      </ol>
    );
  if (!scene || scene.strains.length < 2) return <div class="shares" />;
  const shares = stage.shares.value;
  const parts = scene.strains.map(({ name }, strain) => ({
    name,
    share: shares[strain] ?? 0,
    ink: `rgb(${STRAIN_INKS[strain]})`,
  }));
  const seen = parts.filter(({ share }, strain) => share > 0 || strain < 2);
  return (
    <div class="shares">
      <div class="bar" aria-hidden="true">
        {parts.map(({ name, share, ink }) => (
          <span key={name} style={{ flexGrow: `${share}`, background: ink }} />
        ))}
      </div>
      <ul>
        {seen.map(({ name, share, ink }) => (
          <li key={name}>
            <span class="dot" style={{ background: ink }} />
            {name} <b>{Math.round(100 * share)} %</b>
          </li>
        ))}
      </ul>
      {scene.strains.length >= LEAST_TO_FIGHT && scene.spread[2][1] > 0 && (
        <Button
          id="fight"
          icon="fight"
          label="Fight"
          hint="Infection and cure take over each other"
          isOn={stage.isFight.value}
          onClick={() => stage.fight(!stage.isFight.value)}
        />
      )}
    </div>
  );
}
