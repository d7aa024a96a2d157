// Where everything in a job lies in the engine's memory. Addresses are bytes; every block starts on a cache line.

import type { Cells } from "../../cells/cells.js";
import { FILTER_COUNTS } from "../../rule/filters.js";
import type { RuleSpec } from "../../rule/spec.js";
import * as L from "./layout.js";

export const MARGIN = 16; // bytes readable on both sides of a plane
const FLOAT = 4;
/** Bytes of a hidden unit in a tile. */
const UNIT = L.TILE * FLOAT;
/** A thread's planes of bytes, which are zero when a job starts. */
export const PLANES = [L.MATURE, L.NEXT, L.PRE, L.POST, L.LIFE, L.SEEN, L.NEXT_LIFE];

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

/** Sizes, padded as the kernels want them. */
interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly stride: number;
  readonly channels: number;
  readonly hidden: number;
  readonly filters: number;
  readonly features: number;
  readonly planeBytes: number;
  readonly stateBytes: number;
  readonly unitsBytes: number;
  readonly tileBytes: number;
  /** Tiles that the backward pass takes at a time. */
  readonly span: number;
  readonly unitBytes: number;
  readonly maskBytes: number;
  readonly sumsBytes: number;
  readonly strains: number;
}

/** Where things lie: the job's words that are addresses, and the tables of samples and threads. */
export interface Plan extends Sizes {
  readonly words: Map<number, number>;
  readonly samples: number[][];
  readonly threads: number[][];
  /** How many of the threads take samples; the others only help with them. */
  readonly leaders: number;
  /** The first byte that no block uses: tapes go from here on. */
  readonly end: number;
}

class Addresses {
  constructor(public next: number) {}

  take(bytes: number): number {
    const at = this.next;
    this.next += roundUp(bytes, L.LINE);
    return at;
  }
}

/** Bytes of a tile with so many channels or features: see kernels/tile.ts. */
function rowsBytes(rows: number): number {
  return 2 * (rows * L.HALF_TILE * FLOAT + L.HALF_GAP);
}

/** Bytes of a tile's count and list of live units: see kernels/tile.ts. */
function unitsBytesOf(hidden: number): number {
  return roundUp(4 + (hidden + 3) * 2, UNIT);
}

/** What any thread needs of its own; enough to help with a sample. */
function planHelper(addresses: Addresses, { tileBytes, hidden }: Sizes): number[] {
  const thread: number[] = new Array(L.THREAD_WORDS).fill(0);
  thread[L.SCRATCH_TILE] = addresses.take(tileBytes);
  thread[L.D_HIDDEN] = addresses.take(hidden * UNIT);
  return thread;
}

/** What a thread with samples of its own needs, and more of it for the backward pass. */
function planLeader(addresses: Addresses, sizes: Sizes, taped: boolean): number[] {
  const cells = sizes.height * sizes.width + (1 + sizes.strains) * L.TILE; // every strain's list ends in a whole tile
  const { channels, features, hidden, sumsBytes, span, unitBytes, maskBytes } = sizes;
  const thread = planHelper(addresses, sizes);
  for (const plane of PLANES) {
    thread[plane] = addresses.take(sizes.planeBytes + 2 * MARGIN) + MARGIN;
  }
  thread[L.ACTIVE] = addresses.take(cells * 4);
  thread[L.BORDER] = addresses.take(cells * 4);
  if (sizes.strains > 1) thread[L.ONE_STRAIN] = addresses.take(cells * 4);
  thread[L.UPDATES] = addresses.take(Math.ceil(cells / L.TILE) * rowsBytes(channels));
  thread[L.D_ROWS] = addresses.take(features * 4 * FLOAT);
  if (!taped) return thread;
  thread[L.D_PERCEPTION] = addresses.take(span * rowsBytes(features));
  thread[L.PERCEPTION] = addresses.take(span * rowsBytes(features));
  thread[L.H_UNITS] = addresses.take(hidden * unitBytes);
  thread[L.D_UNITS] = addresses.take(hidden * unitBytes);
  thread[L.LIVE_TILES] = addresses.take((span / L.MASK_TILES) * maskBytes);
  thread[L.SUMS] = addresses.take(sumsBytes);
  return thread;
}

/** The weights of every strain's rule: the words are those of the first; each next rule lies RULE_BYTES further. */
function planRules(addresses: Addresses, { channels, hidden, features, strains }: Sizes): [number, number][] {
  const start = addresses.next;
  const words: [number, number][] = [
    [L.W1_FORWARD, addresses.take(features * hidden * FLOAT)],
    [L.B1, addresses.take(hidden * FLOAT)],
    [L.W2_FORWARD, addresses.take(hidden * channels * FLOAT)],
    [L.B2, addresses.take(channels * FLOAT)],
    [L.W2_BACKWARD, addresses.take(hidden * (channels * FLOAT + L.ROW_GAP))],
    [L.W1_BACKWARD, addresses.take(features * hidden * FLOAT)],
  ];
  const ruleBytes = addresses.next - start;
  addresses.take((strains - 1) * ruleBytes);
  return [...words, [L.RULE_BYTES, ruleBytes]];
}

function planSample(addresses: Addresses, sizes: Sizes, steps: number, taped: boolean, id: number): number[] {
  const { channels, hidden, features } = sizes;
  const sample: number[] = new Array(L.SAMPLE_WORDS).fill(0);
  const parameters = features * hidden + hidden + hidden * channels + channels;
  sample[L.STATE] = addresses.take(sizes.stateBytes);
  sample[L.SAMPLE_ID] = id;
  if (sizes.strains > 1) sample[L.STRAIN_PLANE] = addresses.take(sizes.planeBytes + 2 * MARGIN) + MARGIN;
  if (taped) {
    sample[L.D_STATE] = sample[L.STATE]; // the last state has been read when its gradient comes
    sample[L.TAPE] = addresses.take(steps * 4);
    sample[L.D_PARAMETERS] = addresses.take(parameters * FLOAT);
  }
  return sample;
}

/** What a rollout is planned for. */
export interface Order {
  readonly spec: RuleSpec;
  /** Rules on the grid. */
  readonly strains: number;
  readonly steps: number;
  readonly taped: boolean;
  readonly threads: number;
}

/** The plan of a rollout of these cells. */
export function planJob(cells: Cells, { spec, strains, steps, taped, threads }: Order): Plan {
  const { height, width, count } = cells;
  const stride = roundUp(width + 2, 16);
  const filters = FILTER_COUNTS[spec.perception];
  const channels = roundUp(spec.channels, L.BLOCK);
  const hidden = roundUp(spec.hidden, L.BLOCK);
  const features = filters * channels;
  const leaders = Math.min(count, threads);
  const unitsBytes = unitsBytesOf(hidden);
  const span = threads > 1 ? L.SPAN : L.GROUP;
  const sizes: Sizes = {
    height,
    width,
    channels,
    hidden,
    filters,
    features,
    stride,
    planeBytes: (height + 2) * stride,
    stateBytes: (1 + height + L.ROWS_BELOW) * stride * channels * FLOAT,
    unitsBytes,
    span,
    unitBytes: span * UNIT + L.LINE, // an odd number of lines, so that units spread over the cache
    maskBytes: roundUp(hidden * 2, L.LINE),
    tileBytes: rowsBytes(features) + unitsBytes + hidden * UNIT,
    sumsBytes: (features * hidden + hidden + hidden * channels + channels) * 4 * FLOAT,
    strains,
  };
  const addresses = new Addresses(roundUp(L.JOB + L.JOB_WORDS * 4, L.LINE));
  const words = new Map([
    [L.INSIDE_ROW, addresses.take(stride)],
    [L.UPDATED_ROW, addresses.take(channels * FLOAT)],
    [L.FILTER_TABLE, addresses.take(filters * (1 + 9 * 2) * 4)],
    [L.SCATTER_TABLE, addresses.take(9 * (2 + filters * 2) * 4)],
    ...planRules(addresses, sizes),
    [L.SAMPLE_TABLE, addresses.take(count * L.SAMPLE_WORDS * 4)],
    [L.THREAD_TABLE, addresses.take(threads * L.THREAD_WORDS * 4)],
  ]);
  return {
    ...sizes,
    words,
    samples: Array.from({ length: count }, (_, id) => planSample(addresses, sizes, steps, taped, id)),
    threads: Array.from({ length: threads }, (_, thread) =>
      thread < leaders ? planLeader(addresses, sizes, taped) : planHelper(addresses, sizes),
    ),
    leaders,
    end: addresses.next,
  };
}
