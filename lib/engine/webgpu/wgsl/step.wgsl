// What all kernels of a CA step share: the grid, the words that the steps leave about every cell, the coins.
// The host writes the constants in capitals before this text: see `shape.ts`.
//
// A workgroup computes a tile of TILE x TILE cells of one sample. Bits of a row: column i of the row is bit i.

/** One CA step of the rollout; a dispatch's own entry of a table. */
struct Step {
  /** The step's number within the rollout, from 0. */
  number: i32,
  /** Where the words of the step before lie, and those of this one. */
  wordsBefore: u32,
  wordsAfter: u32,
}

/** One sample of the batch. */
struct Sample {
  /** combine(rngSeed, sample), for coins. */
  key: u32,
  /** The rollout's steps that this sample lives: from `start` on, before `end`. */
  start: i32,
  end: i32,
  /** A step's number is this much below that of its coins. */
  firstCoin: i32,
}

/** What is known about a cell after a step: which rule it follows stands above these bits. */
const ACTIVE = 1u; // it fired, and its update can matter
const ALIVE = 2u; // it was alive before the update
const LIVES = 4u; // it lived on after the step before: its state is not emptied
const WRITTEN = 8u; // its state after the step is in the tape; otherwise it is all zero
const STRAIN_SHIFT = 8u;
/** Behind the words of a step's cells stands one for every tile: how many of its cells fired, and whether any is WRITTEN. */
const WORDS = SAMPLES * (AREA + TILES);
const TILES = TILES_X * TILES_Y;
const TILE_WRITTEN = 0x80000000u;

fn tileWordAt(slot: u32, sample: u32, tile: u32) -> u32 {
  return slot * WORDS + SAMPLES * AREA + sample * TILES + tile;
}

const TILE = 8;
const TILE_CELLS = 64u;

/** A cell's number on its grid, or -1 beyond the edge. */
fn cellAt(x: i32, y: i32) -> i32 {
  if (TORUS) {
    return ((y % HEIGHT + HEIGHT) % HEIGHT) * WIDTH + (x % WIDTH + WIDTH) % WIDTH;
  }
  return select(-1, y * WIDTH + x, x >= 0 && y >= 0 && x < WIDTH && y < HEIGHT);
}

/** As lib/cells/random.ts. */
fn mix32(number: u32) -> u32 {
  var x = number;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}

fn combine(a: u32, b: u32) -> u32 {
  return mix32(a ^ mix32(b + 0x9e3779b9u));
}

/** Whether a coin of so many of 2^24 chances falls right. */
fn fires(stepKey: u32, cell: u32, chances: u32) -> bool {
  return (mix32(stepKey ^ (cell * 0x9e3779b9u)) >> 8u) < chances;
}

/** Every bit that is set, or has a neighbour in its row that is. */
fn widened(row: u32) -> u32 {
  return row | (row << 1u) | (row >> 1u);
}

/** Whether a cell of this state, in the channel that decides, is mature. */
fn isAbove(value: f32) -> bool {
  return value > bitcast<f32>(THRESHOLD_BITS);
}

fn bitAt(row: u32, column: u32) -> bool {
  return ((row >> column) & 1u) == 1u;
}

/** 1 for channels 4k to 4k + 3 that are inputs, which neither updates nor death change. */
fn inputsOf(k: u32) -> vec4f {
  if (!HAS_INPUTS) {
    return vec4f(0.0);
  }
  var inputs = INPUTS;
  return inputs[k];
}
