// Alive masks as planes of bytes (0 or 255), 16 cells per vector; and the fire mask's coins.
//
// A plane is [rows][stride] like the state, with a margin of 16 bytes on both sides; padding is 0, or on a torus what torus.ts copies there.

/** The bits of 16 cells of a plane. */
@inline
export function bits(vector: v128): u32 {
  return <u32>i8x16.bitmask(vector);
}

/** out = 3x3 maximum of plane, for cells inside the grid; inside is one row, 255 where a column is inside. */
export function dilate(plane: usize, out: usize, inside: usize, height: i32, stride: usize): void {
  for (let row = 1; row <= height; row++) {
    const base = <usize>row * stride;
    for (let column: usize = 0; column < stride; column += 16) {
      const at = plane + base + column;
      const above = at - stride;
      const below = at + stride;
      const left = v128.or(v128.or(v128.load(above - 1), v128.load(at - 1)), v128.load(below - 1));
      const centre = v128.or(v128.or(v128.load(above), v128.load(at)), v128.load(below));
      const right = v128.or(v128.or(v128.load(above + 1), v128.load(at + 1)), v128.load(below + 1));
      const all = v128.or(v128.or(left, centre), right);
      v128.store(out + base + column, v128.and(all, v128.load(inside + column)));
    }
  }
}

/** out = 255 for every cell inside the grid. */
export function fillInside(out: usize, inside: usize, height: i32, stride: usize): void {
  for (let row = 1; row <= height; row++) {
    memory.copy(out + <usize>row * stride, inside, stride);
  }
}

/** Chris Wellons' lowbias32: a 32-bit hash in which every input bit flips every output bit half of the time. */
@inline
export function mix(x: u32): u32 {
  x ^= x >> 16;
  x *= 0x7feb352d;
  x ^= x >> 15;
  x *= 0x846ca68b;
  x ^= x >> 16;
  return x;
}

const GOLDEN: u32 = 0x9e3779b9;

/** A key made of two numbers, whose order matters. */
@inline
export function combine(a: u32, b: u32): u32 {
  return mix(a ^ mix(b + GOLDEN));
}

/** Does the cell fire? threshold is fireRate * 2^24. */
@inline
export function fires(stepKey: u32, cell: u32, threshold: u32): bool {
  return mix(stepKey ^ (cell * GOLDEN)) >> 8 < threshold;
}
