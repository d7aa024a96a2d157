// The gradient through one CA step t. With u the state that is stored, x = u * life, u' = x + fire * f(P x) and L the loss:
//
//   dL/du' = (dL/du'' + P^T dy'') * life', where dy'' is that of step t + 1, which the dispatch before this one left
//   dh = dL/du' W2^T where h > 0, dy = dh W1^T, of the cells that fired and lived on
//
// So the first lines finish step t + 1 for the cells of the tile, and what follows needs no neighbours.

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<uniform> filters: array<array<vec4f, FILTER_VECS>, 9>;
@group(0) @binding(2) var<storage, read> samples: array<Sample>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read> before: array<vec4f>; // u [N, area, CHANNEL_VECS]
@group(0) @binding(5) var<storage, read> words: array<u32>;
@group(0) @binding(6) var<storage, read> dLater: array<vec4f>; // dL/du'' [N, area, CHANNEL_VECS]
@group(0) @binding(7) var<storage, read_write> dAfter: array<vec4f>; // dL/du' [N, area, CHANNEL_VECS]
@group(0) @binding(8) var<storage, read> dyLater: array<vec4f>; // [N, area, FEATURE_VECS]
@group(0) @binding(9) var<storage, read_write> dy: array<vec4f>; // [N, area, FEATURE_VECS]


fn stateBefore(cell: u32, k: u32) -> vec4f {
  return before[(base + cell) * CHANNEL_VECS + k];
}

/** The tile and its rim, 10 rows of 10 bits: who lived before the step, and who passes on a gradient of the step after. */
var<workgroup> lived: array<atomic<u32>, 10>;
var<workgroup> reached: array<atomic<u32>, 10>;
/** Cells of the tile whose own layers are passed, by strain, 64 bits. */
var<workgroup> firing: array<atomic<u32>, 2 * STRAINS>;
var<workgroup> counts: array<u32, STRAINS>;
/** dL/d(dx) of the tile's cells stands behind the features. */
const UPDATE_VECS = TILE_CELLS * CHANNEL_VECS;
const UPDATE_AT = CHUNK * FEATURE_VECS;

fn wordOf(slot: u32, cell: u32) -> u32 {
  return words[slot * WORDS + base + cell];
}

/** dL/du' of the tile's cell (x, y), which is complete for the rollout's last step alone. */
fn dAfterOf(x: i32, y: i32, k: u32, isLast: bool) -> vec4f {
  let cell = u32(cellAt(tileX + x, tileY + y));
  let place = (base + cell) * CHANNEL_VECS + k;
  let livesOn = (wordOf(step.wordsAfter + 1u, cell) & LIVES) != 0u;
  if (!livesOn && !HAS_INPUTS) {
    return vec4f(0.0);
  }
  var d = vec4f(0.0);
  if (isLast) {
    d = dAfter[place];
  } else if (HAS_INPUTS || (wordOf(step.wordsAfter + 2u, cell) & LIVES) != 0u) {
    d = dLater[place];
  }
  // neighbours that perceive this cell as their j-th; none has a gradient after the last step. All are read, so that they are
  // read at once
  for (var j = 0; j < 9; j++) {
    let otherX = x - (j % 3 - 1);
    let otherY = y - (j / 3 - 1);
    let other = cellAt(tileX + otherX, tileY + otherY);
    let isReached = other >= 0 && bitAt(atomicLoad(&reached[otherY + 1]), u32(otherX + 1));
    for (var f = 0u; f < FILTERS; f++) {
      let dFeature = dyLater[(base + u32(max(other, 0))) * FEATURE_VECS + f * CHANNEL_VECS + k];
      d += select(vec4f(0.0), filters[j][f / 4u][f % 4u] * dFeature, isReached);
    }
  }
  d *= select(inputsOf(k), vec4f(1.0), livesOn);
  dAfter[place] = d;
  return d;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sample = group.z;
  let life = samples[sample];
  // the step before the first one only finishes the gradient of the first state
  if (step.number < life.start - 1 || step.number >= life.end) {
    return;
  }
  let isLast = step.number == life.end - 1;
  tileX = i32(group.x) * TILE;
  tileY = i32(group.y) * TILE;
  base = sample * AREA;
  if (ZERO_IS_DEAD && words[tileWordAt(step.wordsAfter, sample, group.y * TILES_X + group.x)] == 0u) {
    return; // no cell of the tile lives after the step, so none has a gradient
  }
  if (thread < 10u) {
    atomicStore(&lived[thread], 0u);
    atomicStore(&reached[thread], 0u);
  }
  if (thread < 2u * STRAINS) {
    atomicStore(&firing[thread], 0u);
  }
  workgroupBarrier();

  for (var i = thread; i < 100u; i += THREADS) {
    let x = i32(i % 10u) - 1;
    let y = i32(i / 10u) - 1;
    let place = cellAt(tileX + x, tileY + y);
    if (place < 0) {
      continue;
    }
    let cell = u32(place);
    let bit = 1u << (i % 10u);
    let word = wordOf(step.wordsAfter, cell);
    let next = wordOf(step.wordsAfter + 1u, cell);
    if ((word & LIVES) != 0u) {
      atomicOr(&lived[i / 10u], bit);
    }
    if (!isLast && (next & ACTIVE) != 0u && (wordOf(step.wordsAfter + 2u, cell) & LIVES) != 0u) {
      atomicOr(&reached[i / 10u], bit);
    }
    if (isOwn(x, y) && step.number >= life.start && (word & ACTIVE) != 0u && (next & LIVES) != 0u) {
      let at = u32(y) * 8u + u32(x);
      atomicOr(&firing[(word >> STRAIN_SHIFT) * 2u + at / 32u], 1u << (at % 32u));
    }
  }
  workgroupBarrier();

  for (var i = thread; i < TILE_CELLS * CHANNEL_VECS; i += THREADS) {
    let x = i32(i / CHANNEL_VECS % 8u);
    let y = i32(i / CHANNEL_VECS / 8u);
    let k = i % CHANNEL_VECS;
    if (tileX + x < WIDTH && tileY + y < HEIGHT) {
      values[UPDATE_AT + i] = dAfterOf(x, y, k, isLast) * (1.0 - inputsOf(k));
    }
  }
  if (thread < 10u) {
    lives[thread] = atomicLoad(&lived[thread]);
  }
  if (thread < STRAINS) {
    counts[thread] = countOneBits(atomicLoad(&firing[thread * 2u])) + countOneBits(atomicLoad(&firing[thread * 2u + 1u]));
  }
  for (var strain = 0u; strain < STRAINS; strain++) {
    let count = workgroupUniformLoad(&counts[strain]);
    if (count == 0u) {
      continue;
    }
    listCells(thread, atomicLoad(&firing[strain * 2u]), atomicLoad(&firing[strain * 2u + 1u]));
    workgroupBarrier();
    let rule = (sample / BATCH * STRAINS + strain) * WEIGHT_VECS;
    for (var start = 0u; start < count; start += CHUNK) {
      backwardChunk(rule, start, min(CHUNK, count - start), thread);
    }
  }
}

/** dh = dL/d(dx) W2^T where h > 0, dy = dh W1^T, of `length` cells of the list. */
fn backwardChunk(rule: u32, start: u32, length: u32, thread: u32) {
  perceiveChunk(start, length, thread);
  workgroupBarrier();
  for (var block = 0u; block < HIDDEN_PADDED; block += UNIT_BLOCK) {
    let lane = thread % LANES;
    let cell = thread / LANES * CELL_TILE;
    if (cell < length) {
      var h = beforeRelu(rule, block + lane, cell);
      var dh = Sums();
      var rows = Rows();
      for (var e = 0u; e < CELL_TILE; e++) {
        rows[e] = UPDATE_AT + list[start + min(cell + e, length - 1u)] * CHANNEL_VECS;
      }
      addProducts(&dh, rule + W2, CHANNEL_VECS, block + lane, rows);
      for (var i = 0u; i < UNIT_TILE; i++) {
        for (var e = 0u; e < CELL_TILE; e++) {
          keepUnit(cell + e, i * LANES + lane, select(0.0, dh[i][e], h[i][e] > 0.0));
        }
      }
    }
    workgroupBarrier();
    // a thread adds up one vec of FEATURE_CELLS cells, over half of the units where there are threads enough
    let all = min(UNIT_BLOCK, HIDDEN_PADDED - block);
    if (FEATURE_PARTS == 2u) {
      let half = all / 8u * 4u;
      let item = thread % FEATURE_ITEMS;
      let isSecond = thread >= FEATURE_ITEMS;
      var sums = FeatureSums();
      if (thread < 2u * FEATURE_ITEMS) {
        sums = dFeatures(rule, 0u, item, select(0u, half, isSecond), select(half, all, isSecond));
        for (var i = 0u; i < FEATURE_CELLS && isSecond; i++) {
          values[i * FEATURE_ITEMS + item] = sums[i];
        }
      }
      workgroupBarrier();
      if (thread < FEATURE_ITEMS) {
        for (var i = 0u; i < FEATURE_CELLS; i++) {
          sums[i] += values[i * FEATURE_ITEMS + item];
        }
        storeFeatures(start, length, item, sums, true);
      }
    } else {
      for (var item = thread; item < FEATURE_ITEMS; item += THREADS) {
        storeFeatures(start, length, item, dFeatures(rule, block, item, 0u, all), block == 0u);
      }
    }
    workgroupBarrier();
  }
}

alias FeatureSums = array<vec4f, FEATURE_CELLS>;

/** An item's vec of features, and the first of its cells; the next ones are CHUNK / FEATURE_CELLS apart. */
fn vecOf(item: u32) -> u32 {
  return item % FEATURE_VECS;
}

fn cellOf(item: u32, i: u32) -> u32 {
  return item / FEATURE_VECS + i * CHUNK / FEATURE_CELLS;
}

/** dh W1^T over some of a block's units. */
fn dFeatures(rule: u32, block: u32, item: u32, begin: u32, end: u32) -> FeatureSums {
  var sums = FeatureSums();
  for (var j = begin; j < end; j += 4u) {
    let w = fourUnits(rule + W1_BY_UNIT + (block + j) * FEATURE_VECS + vecOf(item), FEATURE_VECS);
    for (var i = 0u; i < FEATURE_CELLS; i++) {
      sums[i] += w * units[cellOf(item, i) * UNIT_VECS + j / 4u];
    }
  }
  return sums;
}

fn storeFeatures(start: u32, length: u32, item: u32, sums: FeatureSums, isFirst: bool) {
  for (var i = 0u; i < FEATURE_CELLS; i++) {
    if (cellOf(item, i) >= length) {
      continue;
    }
    let at = list[start + cellOf(item, i)];
    let cell = u32(cellAt(tileX + i32(at % 8u), tileY + i32(at / 8u)));
    let place = (base + cell) * FEATURE_VECS + vecOf(item);
    if (isFirst) {
      dy[place] = sums[i];
    } else {
      dy[place] += sums[i];
    }
  }
}
