// Turns good bytes into bad ones, in the ways that break readers.

import type { Random } from "../../lib/cells/random.js";

/** Numbers at which sizes and signs turn over. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
/** Texts at which parsers of JSON, of numbers and of command lines turn over. */
const TOKENS = [
  ..."-.0eE+[]{}:,\"\\\0\n' ",
  "NaN",
  "Infinity",
  "null",
  "true",
  "1e999",
  "-1",
  "99999999999999999999",
  "0.1",
  "__proto__",
  "--",
  "\ud83e\udd8e",
];
/** How likely another change follows a change: many get no further than the first check, few go deep. */
const ANOTHER = 0.4;
/** Longest piece that is cut out, doubled or taken from another file. */
const LONGEST_PIECE = 64;

type Mutation = (bytes: number[], random: Random, other: Uint8Array) => void;

const below = (random: Random, end: number) => Math.floor(random.uniform() * end);
const oneOf = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)];
const place = (bytes: readonly number[], random: Random) => below(random, bytes.length + 1);

const MUTATIONS: Mutation[] = [
  function flipBit(bytes, random) {
    const at = below(random, bytes.length);
    if (at < bytes.length) bytes[at] ^= 1 << below(random, 8);
  },
  function setByte(bytes, random) {
    const at = below(random, bytes.length);
    if (at < bytes.length) bytes[at] = below(random, 256);
  },
  function setInteger(bytes, random) {
    const value = oneOf(random, EDGES);
    const [at, size, bigEndian] = [place(bytes, random), oneOf(random, [1, 2, 4, 8]), random.uniform() < 0.5];
    for (let i = 0; i < size && at + i < bytes.length; i++) {
      const shift = 8 * (bigEndian ? size - 1 - i : i);
      bytes[at + i] = shift < 32 ? (value >>> shift) & 0xff : 0;
    }
  },
  function nudge(bytes, random) {
    const at = below(random, bytes.length);
    if (at < bytes.length) bytes[at] = (bytes[at] + oneOf(random, [-1, 1, 16, -16])) & 0xff;
  },
  function cutOut(bytes, random) {
    bytes.splice(place(bytes, random), 1 + below(random, LONGEST_PIECE));
  },
  function cutShort(bytes, random) {
    bytes.length = place(bytes, random);
  },
  function double(bytes, random) {
    const at = place(bytes, random);
    bytes.splice(at, 0, ...bytes.slice(at, at + 1 + below(random, LONGEST_PIECE)));
  },
  function insertToken(bytes, random) {
    bytes.splice(place(bytes, random), 0, ...new TextEncoder().encode(oneOf(random, TOKENS)));
  },
  function replaceByToken(bytes, random) {
    const token = new TextEncoder().encode(oneOf(random, TOKENS));
    bytes.splice(place(bytes, random), token.length, ...token);
  },
  function takeFromOther(bytes, random, other) {
    const from = below(random, other.length);
    const piece = other.subarray(from, from + 1 + below(random, LONGEST_PIECE));
    bytes.splice(place(bytes, random), random.uniform() < 0.5 ? piece.length : 0, ...piece);
  },
];

/** A copy with a few random changes; `other` is a file of the same kind to take pieces from. */
export function mutated(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const changed = [...bytes];
  do {
    oneOf(random, MUTATIONS)(changed, random, other);
  } while (random.uniform() < ANOTHER);
  return Uint8Array.from(changed);
}
