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
var<workgroup> dUpdate: array<vec4f, TILE_CELLS * CHANNEL_VECS>; // dL/d(dx) of the tile's cells

fn wordOf(slot: u32, cell: u32) -> u32 {
  return words[slot * CELLS + base + cell];
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
  for (var j = 0; j < 9; j++) { // neighbours that perceive this cell as their j-th; none has a gradient after the last step
    let otherX = x - (j % 3 - 1);
    let otherY = y - (j / 3 - 1);
    let other = cellAt(tileX + otherX, tileY + otherY);
    if (other < 0 || !bitAt(atomicLoad(&reached[otherY + 1]), u32(otherX + 1))) {
      continue;
    }
    for (var f = 0u; f < FILTERS; f++) {
      d += filters[j][f / 4u][f % 4u] * dyLater[(base + u32(other)) * FEATURE_VECS + f * CHANNEL_VECS + k];
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
      dUpdate[i] = dAfterOf(x, y, k, isLast) * (1.0 - inputsOf(k));
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
    let rule = (sample / BATCH * STRAINS + strain) * RULE_VECS;
    for (var start = 0u; start < count; start += CHUNK) {
      backwardChunk(rule, start, min(CHUNK, count - start), thread);
    }
  }
}

/** dh = dL/d(dx) W2^T where h > 0, dy = dh W1^T, of `length` cells of the list. */
fn backwardChunk(rule: u32, start: u32, length: u32, thread: u32) {
  perceiveChunk(start, length, thread);
  workgroupBarrier();
  for (var block = 0u; block < HIDDEN_PADDED; block += THREADS) {
    let unit = block + thread;
    if (unit < HIDDEN_PADDED) {
      var sums = beforeRelu(rule, unit);
      for (var e = 0u; e < CHUNK; e++) {
        var dh = 0.0;
        if (e < length) {
          let at = list[start + e] * CHANNEL_VECS;
          for (var k = 0u; k < CHANNEL_VECS; k++) {
            dh += dot(weights[rule + W2 + k * HIDDEN_PADDED + unit], dUpdate[at + k]);
          }
        }
        units[e * UNIT_STRIDE + thread] = select(0.0, dh, sums[e] > 0.0);
      }
    }
    workgroupBarrier();
    let each = min(THREADS, HIDDEN_PADDED - block);
    for (var item = thread; item < CHUNK / PAIR * FEATURE_VECS; item += THREADS) {
      let k = item % FEATURE_VECS;
      let e = item / FEATURE_VECS * PAIR;
      var sums = array<vec4f, PAIR>();
      for (var j = 0u; j < each; j++) {
        let w = weights[rule + k * HIDDEN_PADDED + block + j];
        for (var i = 0u; i < PAIR; i++) {
          sums[i] += w * units[(e + i) * UNIT_STRIDE + j];
        }
      }
      for (var i = 0u; i < PAIR; i++) {
        if (e + i >= length) {
          continue;
        }
        let at = list[start + e + i];
        let cell = u32(cellAt(tileX + i32(at % 8u), tileY + i32(at / 8u)));
        let place = (base + cell) * FEATURE_VECS + k;
        if (block == 0u) {
          dy[place] = sums[i];
        } else {
          dy[place] += sums[i];
        }
      }
    }
    workgroupBarrier();
  }
}
