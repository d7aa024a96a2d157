// The stage's canvas, and how pointer, fingers, wheel and keys reach it.

import { useEffect, useRef } from "preact/hooks";
import type { Stage } from "../stage/stage.js";
import type { Place } from "../stage/stroke.js";
import { canUse, radiusOf, TOOLS } from "../stage/tools.js";
import { moved, styleOf, WHOLE, zoomed } from "../stage/view.js";
import { Button } from "./parts.js";
import { arrowed, middleOf, placeIn } from "./pointer.js";
import type { Session } from "./session.js";

const ZOOM_STEP = 1.25;
/** From this zoom on there is a way back in sight. */
const ENLARGED = 1.5;
/** A second finger that comes so soon after the first means both. */
const PINCH_MS = 400;

/** Where the pointers are, in sides of the stage. */
type Pointers = Map<number, Place>;

function spanOf(pointers: Pointers) {
  const [a, b] = [...pointers.values()];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, length: Math.hypot(a.x - b.x, a.y - b.y) };
}

/** Handlers of the pointer: one finger uses the tool, or moves the grid; two enlarge and move it. */
function pointerHandlers(stage: Stage, pointers: Pointers) {
  let began = 0;
  const at = (event: PointerEvent) => placeIn(event.currentTarget, event);
  const end = (event: PointerEvent) => {
    pointers.delete(event.pointerId);
    stage.end();
  };
  const cellAt = ({ x, y }: Place): Place => {
    const { width, height } = stage.world!.cells;
    const view = stage.view.value;
    return {
      x: ((x - view.x) / view.zoom) * width - 0.5,
      y: ((y - view.y) / view.zoom) * height - 0.5,
    };
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || !stage.world) return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, at(event));
      if (pointers.size > 1) return void (event.timeStamp - began < PINCH_MS ? stage.cancel() : stage.end());
      began = event.timeStamp;
      stage.begin(cellAt(at(event)));
    },
    onPointerMove: (event: PointerEvent) => {
      const before = pointers.get(event.pointerId);
      if (!before || !stage.world) return;
      const span = pointers.size === 2 ? spanOf(pointers) : undefined;
      pointers.set(event.pointerId, at(event));
      if (span) {
        const now = spanOf(pointers);
        const view = zoomed(stage.view.value, now.length / (span.length || 1), now.x, now.y);
        stage.view.value = moved(view, now.x - span.x, now.y - span.y);
      } else if (stage.tool.value === "move") {
        const now = at(event);
        stage.view.value = moved(stage.view.value, now.x - before.x, now.y - before.y);
      } else {
        const passed = event.getCoalescedEvents?.() ?? [];
        for (const one of passed.length > 0 ? passed : [event])
          stage.go(cellAt(placeIn(event.currentTarget, one)));
      }
    },
    onPointerUp: end,
    onPointerCancel: end,
    onWheel: (event: WheelEvent) => {
      if (!event.ctrlKey && stage.tool.value !== "move") return; // the page scrolls
      event.preventDefault();
      const { x, y } = placeIn(event.currentTarget, event);
      stage.view.value = zoomed(stage.view.value, event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, x, y);
    },
  };
}

/** What keys do while the stage has the focus. */
function keyHandler(stage: Stage) {
  const useTool = () => {
    stage.cursor.value ??= middleOf(stage.world!.cells);
    stage.begin(stage.cursor.value);
    stage.end();
  };
  const zoom = (factor: number) => {
    stage.view.value = zoomed(stage.view.value, factor);
  };
  const keys: Record<string, () => void> = {
    " ": () => {
      stage.isRunning.value = !stage.isRunning.value;
    },
    s: () => void stage.step(),
    r: () => void stage.restart(),
    u: () => stage.undo(),
    i: () => stage.infectAtRandom(),
    o: () => {
      stage.shown.value = stage.shown.value === "strains" ? "colour" : "strains";
      stage.changed();
    },
    "+": () => zoom(ZOOM_STEP),
    "-": () => zoom(1 / ZOOM_STEP),
    "0": () => {
      stage.view.value = WHOLE;
    },
    Enter: useTool,
  };
  return (event: KeyboardEvent) => {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key === "z";
    if (event.altKey || ((event.ctrlKey || event.metaKey) && !isUndo) || !stage.world) return;
    const tool = TOOLS[Number(event.key) - 1];
    const moved = arrowed(event.key, stage.world.cells, stage.cursor.value);
    if (moved) stage.cursor.value = moved;
    else if (isUndo) stage.undo();
    else if (Object.hasOwn(keys, event.key)) keys[event.key]();
    else if (!tool) return;
    else if (canUse(tool, stage.world)) stage.tool.value = tool;
    event.preventDefault();
  };
}

/** Shows the whole grid again. */
function Whole({ stage }: { readonly stage: Stage }) {
  const show = () => {
    stage.view.value = WHOLE;
  };
  return (
    <div class="whole" onPointerDown={(event) => event.stopPropagation()}>
      <Button id="whole" icon="zoomOut" label="Show the whole grid" isWordless onClick={show} />
    </div>
  );
}

/** The frame of the cell that the keys have chosen. */
function Cursor({ stage }: { readonly stage: Stage }) {
  const { cursor, world } = { cursor: stage.cursor.value, world: stage.world };
  if (!cursor || !world) return null;
  const { width, height } = world.cells;
  const reach = Math.max(0.5, radiusOf(stage.tool.value, stage.brush.value, world));
  const style = {
    left: `${(100 * (cursor.x + 0.5 - reach)) / width}%`,
    top: `${(100 * (cursor.y + 0.5 - reach)) / height}%`,
    width: `${(200 * reach) / width}%`,
    height: `${(200 * reach) / height}%`,
  };
  return <div class="cursor" style={style} />;
}

export function StageCanvas({ session }: { readonly session: Session }) {
  const { stage } = session;
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointers = useRef<Pointers>(new Map());
  useEffect(() => stage.attach(canvas.current!), [stage]);
  const scene = stage.scene.value;
  const names = scene?.strains.map(({ name }) => name).join(", ") ?? "nothing";
  const columns = scene?.isApart ? scene.strains.length : 1;
  return (
    <div class="area">
      <div
        class="stage"
        id="stage"
        role="application"
        aria-roledescription="grid of living cells"
        aria-label={`The grid: ${names}. Arrow keys move a cursor, Enter uses the tool, 1 to 5 choose one, space pauses.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is what keys are for
        tabIndex={0}
        data-tool={stage.tool.value}
        style={{ "--columns": `${columns}` }}
        onKeyDown={keyHandler(stage)}
        onBlur={() => {
          stage.cursor.value = undefined;
        }}
        {...pointerHandlers(stage, pointers.current)}
      >
        <div class="grid" style={{ transform: styleOf(stage.view.value) }}>
          <canvas ref={canvas} />
          <Cursor stage={stage} />
        </div>
        <span class="hidden" role="status">
          {stage.cursor.value && `Column ${stage.cursor.value.x}, row ${stage.cursor.value.y}`}
        </span>
        {stage.view.value.zoom > ENLARGED && <Whole stage={stage} />}
        {stage.isEmpty.value && <p class="empty">Nothing lives here. Plant a seed.</p>}
      </div>
    </div>
  );
}
