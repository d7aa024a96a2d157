// The drawing board on the page: it takes the stage's place.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { arrowed, middleOf, placeIn } from "../app/pointer.js";
import { put } from "../stage/paint.js";
import { type Place, placesBetween } from "../stage/stroke.js";
import { CLEAR, type Ink, type Pen } from "./board.js";
import type { Workshop } from "./workshop.js";

/** The colours of the palette: black to white, then around the circle, light and dark. */
export const PALETTE: readonly Ink[] = [
  "1d1b19",
  "6b6560",
  "b8b1a9",
  "ffffff",
  "7a4a2b",
  "c98a52",
  "d93a3a",
  "f0742b",
  "f7b731",
  "fdea6b",
  "8ccf4d",
  "2f9e5b",
  "3ac4c0",
  "3b7dbe",
  "2d4b9a",
  "8a4fc7",
  "e06ab0",
  "f7b9c9",
].map((hex) => inkOf(`#${hex}`));

export function inkOf(hex: string): Ink {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return [red, green, blue, 255];
}

export function hexOf([red, green, blue]: Ink): string {
  return `#${[red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

export const pen = signal<Pen>("pen");
export const ink = signal<Ink>(PALETTE[6]);
export const width = signal(2);
export const isMirrored = signal(false);
const cursor = signal<Place | undefined>(undefined);

function apply({ board }: Workshop, { x, y }: Place): void {
  const options = { width: width.value, isMirrored: isMirrored.value };
  if (x < 0 || y < 0 || x >= board.size || y >= board.size) return;
  if (pen.value === "fill") board.fill(x, y, ink.value, options);
  else board.dot(x, y, pen.value === "eraser" ? CLEAR : ink.value, options);
}

/** The stroke under way: one pointer's, the others are not heard meanwhile. */
interface Stroke {
  pointer?: number;
  last: Place;
}

/** What the pointer does: a stroke is one thing to undo. */
function pointerHandlers(workshop: Workshop, stroke: Stroke) {
  const at = (event: PointerEvent): Place => {
    const { size } = workshop.board;
    const { x, y } = placeIn(event.currentTarget, event);
    return { x: Math.floor(x * size), y: Math.floor(y * size) };
  };
  const end = ({ pointerId }: PointerEvent) => {
    if (stroke.pointer === pointerId) stroke.pointer = undefined;
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || stroke.pointer !== undefined) return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      [stroke.pointer, stroke.last] = [event.pointerId, at(event)];
      workshop.edit(() => apply(workshop, stroke.last));
    },
    onPointerMove: (event: PointerEvent) => {
      if (stroke.pointer !== event.pointerId || pen.value === "fill") return;
      const to = at(event);
      if (to.x === stroke.last.x && to.y === stroke.last.y) return;
      for (const { x, y } of placesBetween(stroke.last, to, 1))
        apply(workshop, { x: Math.round(x), y: Math.round(y) });
      stroke.last = to;
      workshop.changed();
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}

function keyHandler(workshop: Workshop) {
  return (event: KeyboardEvent) => {
    const { size } = workshop.board;
    const sides = { width: size, height: size };
    const moved = arrowed(event.key, sides, cursor.value);
    if (moved) cursor.value = moved;
    else if (event.key === "Enter" || event.key === " ") {
      workshop.edit(() => apply(workshop, cursor.value ?? middleOf(sides)));
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      workshop.undo();
    } else return;
    event.preventDefault();
  };
}

export function BoardView({ workshop }: { readonly workshop: Workshop }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const stroke = useRef<Stroke>({ last: { x: 0, y: 0 } });
  const { board, drawn } = workshop;
  const { size } = board;
  useEffect(
    () => put(canvas.current!, { data: board.data, width: size, height: size }),
    [drawn.value, size, board],
  );
  const at = cursor.value;
  return (
    <div class="area">
      <div
        class="stage board"
        id="board"
        role="application"
        aria-roledescription="drawing board"
        aria-label={`The drawing board, ${size} by ${size} cells. Arrow keys move a cursor, Enter draws, control Z undoes.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is what keys are for
        tabIndex={0}
        style={{ "--columns": "1", "--cells": `${size}` }}
        onKeyDown={keyHandler(workshop)}
        onBlur={() => {
          cursor.value = undefined;
        }}
        {...pointerHandlers(workshop, stroke.current)}
      >
        <div class="grid">
          <canvas ref={canvas} />
          <div class="lines" />
          {at && (
            <div
              class="cursor square"
              style={{
                left: `${(100 * at.x) / size}%`,
                top: `${(100 * at.y) / size}%`,
                width: `${100 / size}%`,
                height: `${100 / size}%`,
              }}
            />
          )}
        </div>
        {board.isEmpty && <p class="empty">Draw something here, or use a picture.</p>}
      </div>
    </div>
  );
}
