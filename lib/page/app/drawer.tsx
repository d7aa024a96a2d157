// The drawer behind "more": figures for the curious, and settings that nobody needs at first.

import { useEffect } from "preact/hooks";
import { logLossText } from "../../train/loss.js";
import type { Stage } from "../stage/stage.js";
import { Button, Choices, Range } from "./parts.js";
import type { Session } from "./session.js";

const SIDES = [0, 128, 160, 192, 256, 512] as const;
const FIRST_HIDDEN = 4;
const DEGREES = 180 / Math.PI;

function Figures({ stage }: { readonly stage: Stage }) {
  const { age, stepsASecond, framesASecond, engine } = stage.figures.value;
  const { world } = stage;
  const scene = stage.scene.value;
  if (!world || !scene) return null;
  const rows: [string, string][] = [
    ["CA steps", age.toLocaleString("en")],
    ["CA steps a second", stepsASecond.toFixed(0)],
    ["frames a second", framesASecond.toFixed(0)],
    ["grid", `${world.cells.width} × ${world.cells.height} cells`],
    ["engine", engine],
    ["rng seed", `${world.rngSeed}`],
  ];
  return (
    <table class="figures">
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
      <tbody>
        {scene.strains.map(({ name }, strain) => (
          <tr key={name}>
            <th scope="row">log loss to the {name}</th>
            <td>{logLossText(world.logLoss(strain))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Drawer({ session }: { readonly session: Session }) {
  const { stage, isDrawerOpen } = session;
  const isOpen = isDrawerOpen.value;
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key === "Escape") isDrawerOpen.value = false;
    };
    if (isOpen) addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, [isOpen, isDrawerOpen]);
  if (!isOpen) return null;
  const channels = stage.world?.cells.channels ?? FIRST_HIDDEN;
  const shown = stage.shown.value;
  return (
    <aside class="drawer" id="details" aria-label="Details">
      <header>
        <h2>Details</h2>
        <Button
          icon="close"
          label="Close"
          isWordless
          onClick={() => {
            session.isDrawerOpen.value = false;
          }}
        />
      </header>
      <Figures stage={stage} />
      <Choices
        label="Show"
        options={[
          ["colour", "colours"],
          ["strains", "who follows which rule"],
          ["hidden", "one hidden number"],
        ]}
        value={typeof shown === "number" ? "hidden" : shown}
        onChoose={(what) => {
          stage.shown.value = what === "hidden" ? FIRST_HIDDEN : what;
          stage.changed();
        }}
      />
      {typeof shown === "number" && (
        <Range
          id="channel"
          label="Which of a cell's numbers"
          least={FIRST_HIDDEN}
          most={channels - 1}
          value={shown}
          text={`${shown}`}
          onInput={(channel) => {
            stage.shown.value = channel;
            stage.changed();
          }}
        />
      )}
      <Range
        id="turn"
        label="Turn what every cell takes for up"
        least={-180}
        most={180}
        step={5}
        value={Math.round((stage.setting.value.turn ?? 0) * DEGREES)}
        text={`${Math.round((stage.setting.value.turn ?? 0) * DEGREES)}°`}
        onInput={(degrees) => stage.turn(degrees / DEGREES)}
      />
      <Choices
        label="Grid"
        options={SIDES.map((side) => [side, side === 0 ? "small" : `${side}`])}
        value={stage.setting.value.side ?? 0}
        onChoose={(side) =>
          void stage.restart({ ...stage.setting.value, side: side === 0 ? undefined : side })
        }
      />
      <label class="check">
        <input
          type="checkbox"
          checked={session.isKept.value}
          onChange={(event) => {
            session.isKept.value = event.currentTarget.checked;
          }}
        />
        what lives takes the rule of the creature that I choose
      </label>
      <div class="row">
        <Button
          id="random"
          icon="random"
          label="Infect a random cell"
          onClick={() => stage.infectAtRandom()}
        />
        <Button id="clear" icon="clear" label="Empty the grid" onClick={() => stage.clear()} />
      </div>
      <p class="keys">
        On the grid: <kbd>1</kbd>–<kbd>5</kbd> tool, <kbd>↵</kbd> use it, <kbd>←↑→↓</kbd> cursor,{" "}
        <kbd>space</kbd> pause, <kbd>s</kbd> step, <kbd>r</kbd> again, <kbd>u</kbd> undo, <kbd>+</kbd>{" "}
        <kbd>-</kbd> <kbd>0</kbd> zoom, <kbd>o</kbd> strains, <kbd>i</kbd> infect a random cell
      </p>
    </aside>
  );
}
