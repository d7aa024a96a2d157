// A stroke of the pointer as places without gaps, however fast it moved.

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Places from one to another, at most `apart` from each other: the last, but not the first. */
export function placesBetween(from: Place, to: Place, apart: number): Place[] {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const count = Math.max(1, Math.ceil(length / apart));
  return Array.from({ length: count }, (_, i) => {
    const share = (i + 1) / count;
    return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
  });
}
