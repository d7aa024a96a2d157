// The tools, and how fast the world goes.

import { SPEEDS } from "../stage/pace.js";
import type { Stage } from "../stage/stage.js";
import { canUse, TOOLS, type Tool } from "../stage/tools.js";
import { Button, Range } from "./parts.js";
import type { Session } from "./session.js";

const WORDS: Record<Tool, { readonly word: string; readonly hint: string; readonly missing: string }> = {
  infect: {
    word: "Infect",
    hint: "Touch what lives: those cells get another network, and pass it on",
    missing: "There is nothing to infect this creature with",
  },
  wound: { word: "Wound", hint: "Wipe cells away", missing: "" },
  cure: {
    word: "Cure",
    hint: "Touch what was infected: those cells get the network that brings the first creature back",
    missing: "There is no cure here",
  },
  plant: { word: "Plant", hint: "Put a seed down; choose another creature below to plant that", missing: "" },
  move: {
    word: "Move",
    hint: "Move and enlarge what you see; two fingers, or Ctrl and the wheel, do so at any time",
    missing: "",
  },
};

export function Toolbar({ session: { stage } }: { readonly session: Session }) {
  const { world } = stage;
  const scene = stage.scene.value;
  return (
    <div class="tools" role="toolbar" aria-label="Tools">
      {TOOLS.map((tool, i) => {
        const isThere = scene !== undefined && world !== undefined && canUse(tool, world);
        return (
          <Button
            key={tool}
            id={`tool-${tool}`}
            icon={tool}
            label={WORDS[tool].word}
            hint={isThere || !scene ? WORDS[tool].hint : WORDS[tool].missing}
            keys={`${i + 1}`}
            isOn={stage.tool.value === tool}
            isDisabled={!isThere}
            onClick={() => {
              stage.tool.value = tool;
            }}
          />
        );
      })}
    </div>
  );
}

function speedText(position: number): string {
  const speed = SPEEDS[position];
  return speed === Number.POSITIVE_INFINITY ? "as fast as it goes" : `${speed} a second`;
}

export function Playback({ stage }: { readonly stage: Stage }) {
  const isRunning = stage.isRunning.value;
  return (
    <div class="playback">
      <Button
        id="pause"
        icon={isRunning ? "pause" : "play"}
        label={isRunning ? "Pause" : "Go on"}
        isWordless
        onClick={() => {
          stage.isRunning.value = !isRunning;
        }}
      />
      <Button id="step" icon="step" label="One step" isWordless onClick={() => void stage.step()} />
      <Button
        id="restart"
        icon="restart"
        label="Start again"
        isWordless
        onClick={() => void stage.restart()}
      />
      <Button
        id="undo"
        icon="undo"
        label="Undo"
        isWordless
        isDisabled={stage.undoable.value === 0}
        onClick={() => stage.undo()}
      />
      <Range
        id="speed"
        label="Speed"
        least={0}
        most={SPEEDS.length - 1}
        value={stage.speed.value}
        text={speedText(stage.speed.value)}
        onInput={(position) => {
          stage.speed.value = position;
        }}
      />
      <Brush stage={stage} />
    </div>
  );
}

const BRUSH = { least: 0.5, most: 3, step: 0.5 } as const;

/** How far the tools reach. */
export function Brush({ stage }: { readonly stage: Stage }) {
  return (
    <div class="brush">
      <Range
        id="brush"
        label="Brush"
        {...BRUSH}
        value={stage.brush.value}
        text={`× ${stage.brush.value}`}
        onInput={(brush) => {
          stage.brush.value = brush;
        }}
      />
    </div>
  );
}
