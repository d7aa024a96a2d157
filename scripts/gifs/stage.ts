// What all pictures of living patterns share.

/** Sides of the grid: a picture of 40 cells, and room for a young pattern that grows too far. */
export const SIZE = 56;
export const RNG_SEED = 1;
/** The pictures stand on light pages and on dark ones. */
export const BACKGROUND = "transparent";
/** How long the last frame of a gif stays, before it starts again. */
export const HOLD_LAST_MS = 1500;
