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
var<workgroup> parts: array<vec4f, THREADS>;

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
  let own = words[step.wordsBefore * CELLS + base + cell] >> STRAIN_SHIFT;
  var around = 0u; // a bit for every strain among the living neighbours
  for (var j = 0; j < 9; j++) {
    let neighbour = cellAt(tileX + x + j % 3 - 1, tileY + y + j / 3 - 1);
    if (neighbour >= 0 && bitAt(alive[j / 3], u32(x + j % 3 + 2))) {
      around |= 1u << (words[step.wordsBefore * CELLS + base + u32(neighbour)] >> STRAIN_SHIFT);
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
    let word = words[step.wordsBefore * CELLS + base + u32(cell)];
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
      words[step.wordsAfter * CELLS + base + u32(cell)] = select(0u, ACTIVE, isActive) | select(0u, ALIVE, isAlive) |
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
    let rule = (sample / BATCH * STRAINS + strain) * RULE_VECS;
    for (var start = 0u; start < count; start += CHUNK) {
      updateChunk(rule, start, min(CHUNK, count - start), thread);
    }
  }
}

/** u' = x + h W2 + b2, h = relu(y W1 + b1), of `length` cells of the list. */
fn updateChunk(rule: u32, start: u32, length: u32, thread: u32) {
  perceiveChunk(start, length, thread);
  workgroupBarrier();
  for (var block = 0u; block < HIDDEN_PADDED; block += THREADS) {
    let unit = block + thread;
    if (unit < HIDDEN_PADDED) {
      var sums = beforeRelu(rule, unit);
      for (var e = 0u; e < CHUNK; e++) {
        units[e * UNIT_STRIDE + thread] = max(sums[e], 0.0);
      }
    }
    workgroupBarrier();
    let item = thread % ITEMS;
    let k = item % CHANNEL_VECS;
    if (thread < ITEMS * PARTS) {
      let each = THREADS / PARTS;
      let first = thread / ITEMS * each;
      let last = min(first + each, max(HIDDEN_PADDED - block, first));
      var sum = vec4f(0.0);
      for (var j = first; j < last; j++) {
        sum += units[item / CHANNEL_VECS * UNIT_STRIDE + j] * weights[rule + W2 + k * HIDDEN_PADDED + block + j];
      }
      parts[thread] = sum;
    }
    workgroupBarrier();
    if (thread < length * CHANNEL_VECS) {
      var dx = parts[thread];
      for (var part = 1u; part < PARTS; part++) {
        dx += parts[part * ITEMS + thread];
      }
      let at = list[start + thread / CHANNEL_VECS];
      let x = i32(at % 8u);
      let y = i32(at / 8u);
      let place = (base + u32(cellAt(tileX + x, tileY + y))) * CHANNEL_VECS + k;
      if (block == 0u) {
        after[place] = stateAt(x, y, k) + (dx + weights[rule + B2 + k]) * (1.0 - inputsOf(k));
      } else {
        after[place] += dx * (1.0 - inputsOf(k));
      }
    }
    workgroupBarrier();
  }
}
