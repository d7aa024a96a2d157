// What all pictures of living patterns share.

/** Sides of the grid: a picture of 40 cells, and room for a young pattern that grows too far. */
export const SIZE = 56;
export const RNG_SEED = 1;
/** The last frame of a gif, before it starts again. */
export const HOLD_LAST_MS = 1500;
