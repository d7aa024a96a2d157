// One CA step: x = u * life, u' = x + fire * dx(x). What is stored is u, whose life is decided by who reads it: so a step is one
// dispatch. Only cells that fire, in or beside a living cell, are computed.

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<uniform> filters: array<array<vec4f, FILTER_VECS>, 9>;
@group(0) @binding(2) var<uniform> spread: array<vec4u, STRAINS>; // chances of 2^24: by strain, of its neighbours' strains
@group(0) @binding(3) var<storage, read> samples: array<Sample>;
@group(0) @binding(4) var<storage, read> weights: array<vec4f>; // by rule and strain: W1, W2, b1, b2
@group(0) @binding(5) var<storage, read> before: array<vec4f>; // u [N, area, CHANNEL_VECS]
@group(0) @binding(6) var<storage, read_write> after: array<vec4f>; // u' [N, area, CHANNEL_VECS]
@group(0) @binding(7) var<storage, read_write> words: array<u32>; // [slots, N, area]


fn stateBefore(cell: u32, k: u32) -> vec4f {
  return before[(base + cell) * CHANNEL_VECS + k];
}

/** The tile and three cells around it, [14 rows] of 14 bits. */
var<workgroup> inside: array<atomic<u32>, 14>;
var<workgroup> mature: array<atomic<u32>, 14>;
var<workgroup> wasAlive: array<atomic<u32>, 14>;
/** Cells of the tile to compute, by strain, and those whose state is only kept: 64 bits. */
var<workgroup> firing: array<atomic<u32>, 2 * STRAINS>;
var<workgroup> kept: array<atomic<u32>, 2>;
var<workgroup> counts: array<u32, STRAINS>;
var<workgroup> parts: array<vec4f, THREADS * UPDATE_CELLS>;
const UPDATE_VECS = 0u;

/** Which cells live after the step before, of a row of the patch. */
fn lifeOf(row: u32, isFirst: bool) -> u32 {
  let here = atomicLoad(&inside[row]);
  if (isFirst || MASK == MASK_NONE) {
    return here;
  }
  let was = atomicLoad(&wasAlive[row]);
  if (MASK == MASK_PRE) {
    return was;
  }
  if (REACHES_CELL) {
    return was & atomicLoad(&mature[row]);
  }
  let around = atomicLoad(&mature[row - 1u]) | atomicLoad(&mature[row]) | atomicLoad(&mature[row + 1u]);
  return was & widened(around);
}

/** Which cells are mature in their state, which is empty where they do not live. */
fn matureOf(row: u32, isFirst: bool) -> u32 {
  let all = atomicLoad(&mature[row]);
  if (ALIVE_IS_INPUT) {
    return all;
  }
  let life = lifeOf(row, isFirst);
  return (all & life) | select(0u, atomicLoad(&inside[row]) & ~life, isAbove(0.0));
}

/** Which cells are alive before the update. */
fn aliveOf(row: u32, isFirst: bool) -> u32 {
  let here = atomicLoad(&inside[row]);
  if (MASK == MASK_NONE) {
    return here;
  }
  if (REACHES_CELL) {
    return matureOf(row, isFirst);
  }
  return here & widened(matureOf(row - 1u, isFirst) | matureOf(row, isFirst) | matureOf(row + 1u, isFirst));
}

/** The strain of the tile's cell (x, y) in this step: see `Strains` in lib/rule/strains.ts. */
fn strainOf(x: i32, y: i32, cell: u32, isAlive: bool, alive: array<u32, 3>, stepKey: u32) -> u32 {
  let own = words[step.wordsBefore * WORDS + base + cell] >> STRAIN_SHIFT;
  var around = 0u; // a bit for every strain among the living neighbours
  for (var j = 0; j < 9; j++) {
    let neighbour = cellAt(tileX + x + j % 3 - 1, tileY + y + j / 3 - 1);
    if (neighbour >= 0 && bitAt(alive[j / 3], u32(x + j % 3 + 2))) {
      around |= 1u << (words[step.wordsBefore * WORDS + base + u32(neighbour)] >> STRAIN_SHIFT);
    }
  }
  var strain = select(0u, own, isAlive);
  for (var other = 0u; other < STRAINS; other++) {
    if (!bitAt(around, other)) {
      continue;
    }
    let takes = own != other && fires(combine(stepKey, 1u + other), cell, spread[other][own]);
    if (!isAlive || takes) {
      strain = other;
    }
  }
  return strain;
}

var<workgroup> isBusy: u32;

/** Whether anything is written in a tile or in those around it. Nothing lives where all is zero. */
fn isBusyAround(sample: u32, group: vec3u) -> bool {
  for (var j = 0; j < 9; j++) {
    var x = i32(group.x) + j % 3 - 1;
    var y = i32(group.y) + j / 3 - 1;
    if (TORUS) {
      x = (x + i32(TILES_X)) % i32(TILES_X);
      y = (y + i32(TILES_Y)) % i32(TILES_Y);
    }
    if (x < 0 || y < 0 || x >= i32(TILES_X) || y >= i32(TILES_Y)) {
      continue;
    }
    if (words[tileWordAt(step.wordsBefore, sample, u32(y) * TILES_X + u32(x))] != 0u) {
      return true;
    }
  }
  return false;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sample = group.z;
  let life = samples[sample];
  if (step.number < life.start || step.number >= life.end) {
    return;
  }
  let isFirst = step.number == life.start;
  tileX = i32(group.x) * TILE;
  tileY = i32(group.y) * TILE;
  base = sample * AREA;
  let tile = tileWordAt(step.wordsAfter, sample, group.y * TILES_X + group.x);
  if (ZERO_IS_DEAD) {
    if (thread == 0u) {
      isBusy = select(0u, 1u, isBusyAround(sample, group));
    }
    if (workgroupUniformLoad(&isBusy) == 0u) {
      if (thread < TILE_CELLS && isOwn(i32(thread % 8u), i32(thread / 8u))) {
        words[step.wordsAfter * WORDS + base + u32(cellAt(tileX + i32(thread % 8u), tileY + i32(thread / 8u)))] = 0u;
      }
      if (thread == 0u) {
        words[tile] = 0u;
      }
      return;
    }
  }
  if (thread < 14u) {
    atomicStore(&inside[thread], 0u);
    atomicStore(&mature[thread], 0u);
    atomicStore(&wasAlive[thread], 0u);
  }
  if (thread < 2u * STRAINS) {
    atomicStore(&firing[thread], 0u);
  }
  if (thread < 2u) {
    atomicStore(&kept[thread], 0u);
  }
  workgroupBarrier();

  for (var i = thread; i < 196u; i += THREADS) {
    let cell = cellAt(tileX - 3 + i32(i % 14u), tileY - 3 + i32(i / 14u));
    if (cell < 0) {
      continue;
    }
    let bit = 1u << (i % 14u);
    atomicOr(&inside[i / 14u], bit);
    let word = words[step.wordsBefore * WORDS + base + u32(cell)];
    if ((word & ALIVE) != 0u) {
      atomicOr(&wasAlive[i / 14u], bit);
    }
    var value = 0.0;
    if ((word & WRITTEN) != 0u) {
      value = stateBefore(u32(cell), ALIVE_CHANNEL / 4u)[ALIVE_CHANNEL % 4u];
    }
    if (isAbove(value)) {
      atomicOr(&mature[i / 14u], bit);
    }
  }
  workgroupBarrier();

  if (thread < 10u) {
    lives[thread] = lifeOf(thread + 2u, isFirst) >> 2u;
  }
  if (thread < TILE_CELLS) {
    let x = i32(thread % 8u);
    let y = i32(thread / 8u);
    let cell = cellAt(tileX + x, tileY + y);
    if (tileX + x < WIDTH && tileY + y < HEIGHT) {
      let row = u32(y) + 3u;
      let column = u32(x) + 3u;
      let alive = array<u32, 3>(aliveOf(row - 1u, isFirst), aliveOf(row, isFirst), aliveOf(row + 1u, isFirst));
      let isAlive = bitAt(alive[1], column);
      let isBeside = MASK == MASK_BOTH && !REACHES_CELL && bitAt(widened(alive[0] | alive[1] | alive[2]), column);
      let stepKey = combine(life.key, u32(step.number + life.firstCoin));
      let isActive = (isAlive || isBeside) && fires(stepKey, u32(cell), FIRE_CHANCES);
      var strain = 0u;
      if (STRAINS > 1u) {
        strain = strainOf(x, y, u32(cell), isAlive, alive, stepKey);
      }
      let isWritten = isAlive || isActive || HAS_INPUTS;
      words[step.wordsAfter * WORDS + base + u32(cell)] = select(0u, ACTIVE, isActive) | select(0u, ALIVE, isAlive) |
        select(0u, LIVES, bitAt(lifeOf(row, isFirst), column)) | select(0u, WRITTEN, isWritten) | (strain << STRAIN_SHIFT);
      let bit = 1u << (thread % 32u);
      if (isActive) {
        atomicOr(&firing[strain * 2u + thread / 32u], bit);
      } else if (isWritten) {
        atomicOr(&kept[thread / 32u], bit);
      }
    }
  }
  workgroupBarrier();

  for (var i = thread; i < TILE_CELLS * CHANNEL_VECS; i += THREADS) {
    let at = i / CHANNEL_VECS;
    if (!bitAt(atomicLoad(&kept[at / 32u]), at % 32u)) {
      continue;
    }
    let x = i32(at % 8u);
    let y = i32(at / 8u);
    let cell = u32(cellAt(tileX + x, tileY + y));
    after[(base + cell) * CHANNEL_VECS + i % CHANNEL_VECS] = stateAt(x, y, i % CHANNEL_VECS);
  }
  if (thread == 0u) {
    var fired = 0u;
    for (var i = 0u; i < 2u * STRAINS; i++) {
      fired += countOneBits(atomicLoad(&firing[i]));
    }
    let isWritten = fired > 0u || (atomicLoad(&kept[0]) | atomicLoad(&kept[1])) != 0u;
    words[tile] = fired | select(0u, TILE_WRITTEN, isWritten);
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
      updateChunk(rule, start, min(CHUNK, count - start), thread);
    }
  }
}

/** u' = x + h W2 + b2, h = relu(y W1 + b1), of `length` cells of the list. */
fn updateChunk(rule: u32, start: u32, length: u32, thread: u32) {
  perceiveChunk(start, length, thread);
  workgroupBarrier();
  for (var block = 0u; block < HIDDEN_PADDED; block += UNIT_BLOCK) {
    let lane = thread % LANES;
    let cell = thread / LANES * CELL_TILE;
    if (cell < length) {
      var sums = beforeRelu(rule, block + lane, cell);
      for (var i = 0u; i < UNIT_TILE; i++) {
        for (var e = 0u; e < CELL_TILE; e++) {
          keepUnit(cell + e, i * LANES + lane, max(sums[i][e], 0.0));
        }
      }
    }
    workgroupBarrier();
    // a thread adds up one vec of UPDATE_CELLS cells, over a part of the units
    let k = thread % UPDATE_ITEMS % CHANNEL_VECS;
    let first = thread % UPDATE_ITEMS / CHANNEL_VECS;
    let part = thread / UPDATE_ITEMS;
    if (part < UPDATE_PARTS) {
      let each = UNIT_BLOCK / UPDATE_PARTS;
      let begin = part * each;
      let end = min(begin + each, max(HIDDEN_PADDED - block, begin));
      var sums = array<vec4f, UPDATE_CELLS>();
      for (var j = begin; j < end; j += 4u) {
        let w = fourUnits(rule + W2_BY_UNIT + (block + j) * CHANNEL_VECS + k, CHANNEL_VECS);
        for (var i = 0u; i < UPDATE_CELLS; i++) {
          sums[i] += w * units[(first + i * CHUNK / UPDATE_CELLS) * UNIT_VECS + j / 4u];
        }
      }
      for (var i = 0u; i < UPDATE_CELLS; i++) {
        parts[(i * UPDATE_PARTS + part) * UPDATE_ITEMS + thread % UPDATE_ITEMS] = sums[i];
      }
    }
    workgroupBarrier();
    for (var item = thread; item < UPDATE_ITEMS * UPDATE_CELLS; item += THREADS) {
      let i = item / UPDATE_ITEMS;
      let e = item % UPDATE_ITEMS / CHANNEL_VECS + i * CHUNK / UPDATE_CELLS;
      let vec = item % UPDATE_ITEMS % CHANNEL_VECS;
      if (e >= length) {
        continue;
      }
      var dx = parts[i * UPDATE_PARTS * UPDATE_ITEMS + item % UPDATE_ITEMS];
      for (var part = 1u; part < UPDATE_PARTS; part++) {
        dx += parts[(i * UPDATE_PARTS + part) * UPDATE_ITEMS + item % UPDATE_ITEMS];
      }
      let at = list[start + e];
      let x = i32(at % 8u);
      let y = i32(at / 8u);
      let place = (base + u32(cellAt(tileX + x, tileY + y))) * CHANNEL_VECS + vec;
      if (block == 0u) {
        after[place] = stateAt(x, y, vec) + (dx + weights[rule + B2 + vec]) * (1.0 - inputsOf(vec));
      } else {
        after[place] += dx * (1.0 - inputsOf(vec));
      }
    }
    workgroupBarrier();
  }
}
