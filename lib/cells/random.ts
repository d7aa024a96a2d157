// Randomness from counters: a number depends on its keys alone, never on what was drawn before it elsewhere.
// The engine's kernels toss the fire mask's coins with the same functions.

const GOLDEN = 0x9e3779b9;

/** Chris Wellons' lowbias32: a 32-bit hash in which every input bit flips every output bit half of the time. */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A 32-bit key made of two; their order matters. */
export function combine(a: number, b: number): number {
  return mix(a ^ mix((b + GOLDEN) | 0));
}

/** A 32-bit hash of a text, or of the bits of numbers, that continues another hash. */
export function hashOf(content: string | Float32Array | Uint8Array, from = 0): number {
  const words =
    typeof content === "string"
      ? Array.from(content, (character) => character.codePointAt(0)!)
      : content instanceof Float32Array
        ? new Uint32Array(content.buffer, content.byteOffset, content.length)
        : content;
  let hash = from;
  for (const word of words) hash = combine(hash, word);
  return hash;
}

/** A 32-bit hash as eight hexadecimal digits. */
export function hex(hash: number): string {
  return hash.toString(16).padStart(8, "0");
}

/** A fire rate as the kernels compare it: coins are 24 bits. */
export function fireThreshold(fireRate: number): number {
  return Math.round(fireRate * 2 ** 24);
}

/** Does the cell fire? The key is combine(combine(rngSeed, sample), step); cells are counted row by row. */
export function fires(stepKey: number, cell: number, threshold: number): boolean {
  return mix(stepKey ^ Math.imul(cell, GOLDEN)) >>> 8 < threshold;
}

/** A stream of random numbers: the counter's hash under a key. Its whole state is `key` and `counter`. */
export class Random {
  constructor(
    readonly key: number,
    public counter = 0,
  ) {}

  /** A 32-bit integer. */
  next(): number {
    return combine(this.key, this.counter++);
  }

  /** A number in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + ((high - low) * this.next()) / 2 ** 32;
  }

  /** An integer in [low, high). */
  integer(low: number, high: number): number {
    return low + Math.floor(((high - low) * this.next()) / 2 ** 32);
  }

  /** `count` different integers in [0, size). */
  sample(count: number, size: number): number[] {
    const chosen = new Set<number>();
    while (chosen.size < Math.min(count, size)) chosen.add(this.integer(0, size));
    return [...chosen];
  }
}
