// The tools, and how fast the world goes.

import { SPEEDS } from "../stage/pace.js";
import type { Stage } from "../stage/stage.js";
import { canUse, TOOLS, type Tool } from "../stage/tools.js";
import { Button, Range } from "./parts.js";
import type { Session } from "./session.js";

const WORDS: Record<Tool, string> = {
  infect: "Infect",
  wound: "Wound",
  cure: "Cure",
  plant: "Plant",
  move: "Move",
};

export function Toolbar({ session: { stage } }: { readonly session: Session }) {
  const { world } = stage;
  const scene = stage.scene.value;
  return (
    <div class="tools" role="toolbar" aria-label="Tools">
      {TOOLS.map((tool, i) => (
        <Button
          key={tool}
          id={`tool-${tool}`}
          icon={tool}
          label={WORDS[tool]}
          keys={`${i + 1}`}
          isOn={stage.tool.value === tool}
          isDisabled={!scene || !world || !canUse(tool, world)}
          onClick={() => {
            stage.tool.value = tool;
          }}
        />
      ))}
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
    </div>
  );
}
