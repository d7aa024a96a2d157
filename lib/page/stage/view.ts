// Which part of the grid the stage shows: it can be enlarged and moved, and never leaves the stage.

/** How much the grid is enlarged, and where its upper left corner lies, in sides of the stage. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: View = { zoom: 1, x: 0, y: 0 };
const MOST_ZOOM = 12;

function within({ zoom, x, y }: View): View {
  const hold = (at: number) => Math.min(0, Math.max(1 - zoom, at));
  return { zoom, x: hold(x), y: hold(y) };
}

/** Enlarged by a factor around a place of the stage, from 0 to 1. */
export function zoomed(view: View, factor: number, x = 0.5, y = 0.5): View {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, view.zoom * factor));
  const by = zoom / view.zoom;
  return within({ zoom, x: x - (x - view.x) * by, y: y - (y - view.y) * by });
}

/** Moved by so much, in sides of the stage. */
export function moved(view: View, dx: number, dy: number): View {
  return within({ ...view, x: view.x + dx, y: view.y + dy });
}

/** The style that shows it. */
export function styleOf({ zoom, x, y }: View): string {
  return `translate(${(100 * x).toFixed(3)}%, ${(100 * y).toFixed(3)}%) scale(${zoom})`;
}
