// What the kernels are compiled for: a rule's specification, a grid and a batch, as the constants before the kernels' text.

import { EngineError } from "../../cells/errors.js";
import { fireThreshold } from "../../cells/random.js";
import { FILTER_COUNTS } from "../../rule/filters.js";
import type { RuleSpec } from "../../rule/spec.js";
import * as adam from "../adam.js";

/** Adam's numbers, as adam.wgsl calls them. */
const ADAM = {
  ADAM_BETA1: adam.BETA1,
  ADAM_BETA2: adam.BETA2,
  ADAM_EPSILON: adam.EPSILON,
  NORM_EPSILON: adam.NORM_EPSILON,
};
/** Threads of a workgroup: in rows of so many lanes, each row with cells of its own. */
export const THREADS = 128;
const LANES = 32;
const ROWS = THREADS / LANES;
/** The most hidden units of a thread. */
const MOST_UNITS = 4;
/** Floats from one cell's hidden units to the next one's, so that cells lie in different banks of the memory. */
const UNIT_STRIDE = MOST_UNITS * LANES + 4;
/** Cells whose layers a workgroup passes at a time: as many as fit its memory. */
const CHUNKS = [16, 8, 4];
/** Of how many cells a thread adds up one vec of the second layer, and of the gradient of the features. */
const [UPDATE_CELLS, FEATURE_CELLS] = [2, 4];
/** Cells at a time where gradients are summed. */
const SUM_CHUNK = 8;
/** Feature vectors whose gradients one thread holds in registers. */
const BLOCK_FEATURES = 12;
/** What a workgroup may have by default, and what the kernels need besides their arrays. */
const [WORKGROUP_BYTES, OTHER_BYTES] = [16_384, 640];
export const TILE = 8;
const TILE_CELLS = TILE * TILE;
const MASKS = { none: 0, pre: 1, "pre-and-post": 2 } as const;

export interface Shape {
  readonly spec: RuleSpec;
  readonly height: number;
  readonly width: number;
  /** Samples of one rule, and how many rules there are side by side. */
  readonly batch: number;
  readonly rules: number;
  /** Strains on each grid, and the one whose gradient is summed. */
  readonly strains: number;
  readonly trained: number;
}

/** Sizes that follow from a shape; a vec is four numbers. */
export interface Sizes {
  readonly samples: number;
  readonly area: number;
  readonly channelVecs: number;
  readonly featureVecs: number;
  readonly filters: number;
  readonly hiddenPadded: number;
  /** Where the second layer and the biases of a rule begin, and how many vecs it has. */
  readonly w2: number;
  readonly b1: number;
  readonly b2: number;
  readonly ruleVecs: number;
  /** Where the layers stand once more, by unit, and how many vecs there are with them. */
  readonly w1ByUnit: number;
  readonly w2ByUnit: number;
  readonly weightVecs: number;
  /** Vecs of a batch's state, with what a buffer's alignment wants. */
  readonly slotVecs: number;
  readonly tilesX: number;
  readonly tilesY: number;
  /** Words of a step: of its cells, and of its tiles. */
  readonly words: number;
  /** How many blocks of features and of units a gradient is summed in. */
  readonly featureBlocks: number;
  readonly unitBlocks: number;
}

export function sizesOf({ spec, height, width, batch, rules }: Shape): Sizes {
  const samples = batch * rules;
  const area = height * width;
  const filters = FILTER_COUNTS[spec.perception];
  const channelVecs = Math.ceil(spec.channels / 4);
  const featureVecs = filters * channelVecs;
  const hiddenPadded = Math.ceil(spec.hidden / 4) * 4;
  const w2 = featureVecs * hiddenPadded;
  const b1 = w2 + channelVecs * hiddenPadded;
  const b2 = b1 + hiddenPadded / 4;
  const slotVecs = Math.ceil((samples * area * channelVecs) / 16) * 16; // buffers are bound at multiples of 256 bytes
  const [tilesX, tilesY] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
  const words = samples * (area + tilesX * tilesY);
  const featureBlocks = Math.ceil(featureVecs / BLOCK_FEATURES);
  const unitBlocks = Math.ceil(hiddenPadded / THREADS);
  const ruleVecs = b2 + channelVecs;
  const [w1ByUnit, w2ByUnit, weightVecs] = [ruleVecs, ruleVecs + w2, ruleVecs + b1];
  return {
    ...{ w1ByUnit, w2ByUnit, weightVecs },
    ...{ samples, area, channelVecs, featureVecs, filters, hiddenPadded, w2, b1, b2, ruleVecs, slotVecs },
    ...{ tilesX, tilesY, words, featureBlocks, unitBlocks },
  };
}

/** How many cells at a time fit a workgroup's memory. */
function chunkOf({ channelVecs, featureVecs }: Sizes): number {
  const others = Math.max(THREADS * UPDATE_CELLS, TILE_CELLS * channelVecs) * 16 + OTHER_BYTES;
  const fits = (chunk: number) =>
    (chunk / UPDATE_CELLS) * channelVecs <= THREADS &&
    chunk * (featureVecs * 16 + UNIT_STRIDE * 4) + others <= WORKGROUP_BYTES;
  const chunk = CHUNKS.find(fits);
  if (chunk) return chunk;
  throw new EngineError(`A cell of ${4 * channelVecs} channels is too large for a workgroup of this engine.`);
}

/** The bits of a float as the kernels' text holds it: a decimal number might be rounded otherwise. */
function bitsOf(value: number): string {
  return `${new Uint32Array(Float32Array.of(value).buffer)[0]}u`;
}

/** The constants, in WGSL. `dSlots`: of the ring in which gradients of states lie. */
export function constantsOf(shape: Shape, dSlots: number): string {
  const { spec, height, width, batch, strains, trained } = shape;
  const sizes = sizesOf(shape);
  const chunk = chunkOf(sizes);
  const unitTile = Math.min(MOST_UNITS, Math.ceil(sizes.hiddenPadded / LANES));
  const block = LANES * unitTile;
  /** In how many parts, each of whole vecs of units, a sum is added up where so many sums are added up side by side. */
  const partsOf = (items: number) => {
    const fits = (parts: number) => parts * items <= THREADS && block % (4 * parts) === 0;
    return [16, 8, 4, 2].find(fits) ?? 1;
  };
  const updateItems = (chunk / UPDATE_CELLS) * sizes.channelVecs;
  const featureItems = (chunk / FEATURE_CELLS) * sizes.featureVecs;
  const isOneBlock = sizes.hiddenPadded <= block; // with several, the features are needed once more
  const isInput = (channel: number) => (spec.inputs.includes(channel) ? "1.0" : "0.0");
  const inputs = Array.from({ length: sizes.channelVecs }, (_, k) => {
    return `vec4f(${[0, 1, 2, 3].map((i) => isInput(4 * k + i))})`;
  });
  const numbers: Record<string, number> = {
    SAMPLES: sizes.samples,
    BATCH: batch,
    AREA: sizes.area,
    CHANNEL_VECS: sizes.channelVecs,
    FEATURE_VECS: sizes.featureVecs,
    FILTERS: sizes.filters,
    FILTER_VECS: Math.ceil(sizes.filters / 4),
    HIDDEN_PADDED: sizes.hiddenPadded,
    W2: sizes.w2,
    B1: sizes.b1,
    B2: sizes.b2,
    RULE_VECS: sizes.ruleVecs,
    W1_BY_UNIT: sizes.w1ByUnit,
    W2_BY_UNIT: sizes.w2ByUnit,
    WEIGHT_VECS: sizes.weightVecs,
    SLOT_VECS: sizes.slotVecs,
    D_SLOTS: dSlots,
    TILES_X: sizes.tilesX,
    TILES_Y: sizes.tilesY,
    STRAINS: strains,
    TRAINED: trained,
    THREADS,
    UNIT_VECS: UNIT_STRIDE / 4,
    CHUNK: chunk,
    LANES,
    UNIT_TILE: unitTile,
    CELL_TILE: chunk / ROWS,
    UNIT_BLOCK: block,
    UPDATE_CELLS,
    UPDATE_ITEMS: updateItems,
    UPDATE_PARTS: partsOf(updateItems),
    FEATURE_CELLS,
    FEATURE_ITEMS: featureItems,
    FEATURE_PARTS: isOneBlock && 2 * featureItems <= THREADS ? 2 : 1,
    SUM_CHUNK,
    FEATURE_BLOCKS: sizes.featureBlocks,
    BLOCK_FEATURES: Math.min(BLOCK_FEATURES, sizes.featureVecs),
    FIRE_CHANCES: fireThreshold(spec.fireRate),
    ALIVE_CHANNEL: spec.aliveChannel,
    MASK: MASKS[spec.aliveMask],
    MASK_NONE: MASKS.none,
    MASK_PRE: MASKS.pre,
    MASK_BOTH: MASKS["pre-and-post"],
  };
  const areTilesWhole = height % TILE === 0 && width % TILE === 0; // others have more than eight tiles around them on a torus
  const isTrue: Record<string, boolean> = {
    ZERO_IS_DEAD:
      spec.aliveMask !== "none" &&
      spec.inputs.length === 0 &&
      spec.aliveThreshold >= 0 &&
      (spec.boundary !== "torus" || areTilesWhole),
    TORUS: spec.boundary === "torus",
    REACHES_CELL: spec.aliveReach === "cell",
    ALIVE_IS_INPUT: spec.inputs.includes(spec.aliveChannel),
    HAS_INPUTS: spec.inputs.length > 0,
  };
  return [
    `const HEIGHT: i32 = ${height};`,
    `const WIDTH: i32 = ${width};`,
    ...Object.entries(numbers).map(([name, value]) => `const ${name}: u32 = ${value}u;`),
    ...Object.entries(isTrue).map(([name, value]) => `const ${name} = ${value};`),
    ...Object.entries(ADAM).map(([name, value]) => `const ${name} = ${value};`),
    `const THRESHOLD_BITS = ${bitsOf(spec.aliveThreshold)};`,
    `const INPUTS = array<vec4f, ${sizes.channelVecs}>(${inputs});`,
    "",
  ].join("\n");
}
