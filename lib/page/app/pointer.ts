// What pointers and arrow keys mean on a square that is drawn on: the stage and the drawing board.

import type { Place } from "../stage/stroke.js";

/** A place of the window, in sides of an element from its upper left corner. */
export function placeIn(
  element: EventTarget | null,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): Place {
  const { left, top, width, height } = (element as Element).getBoundingClientRect();
  return { x: (clientX - left) / width, y: (clientY - top) / height };
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Sides {
  readonly width: number;
  readonly height: number;
}

/** Where a cursor is that was not moved yet: in the middle. */
export function middleOf({ width, height }: Sides): Place {
  return { x: width >> 1, y: height >> 1 };
}

/** The cell that an arrow key moves a cursor to, on a grid of these sides; undefined for any other key. */
export function arrowed(key: string, sides: Sides, cursor: Place = middleOf(sides)): Place | undefined {
  if (!Object.hasOwn(ARROWS, key)) return undefined;
  const [dx, dy] = ARROWS[key];
  const hold = (at: number, most: number) => Math.min(most - 1, Math.max(0, at));
  return { x: hold(cursor.x + dx, sides.width), y: hold(cursor.y + dy, sides.height) };
}
