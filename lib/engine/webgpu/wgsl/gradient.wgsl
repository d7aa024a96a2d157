// The gradient of the weights: dW1 = y^T dh, db1 = dh, dW2 = h^T dx, db2 = dx, of a range of steps. A workgroup sums over cells of
// one step and one sample, a thread a hidden unit, in an order that is always the same.

/** The range of steps. */
struct Range {
  /** The first step; the tape's slots of even and odd steps are counted from it on, as it is even. */
  first: i32,
  /** The workgroups of a step and sample: how many take its tiles in turns. */
  turns: u32,
}

@group(0) @binding(0) var<uniform> range: Range;
@group(0) @binding(1) var<uniform> filters: array<array<vec4f, FILTER_VECS>, 9>;
@group(0) @binding(2) var<storage, read> samples: array<Sample>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read> evenStates: array<vec4f>; // u of even steps, [steps, N, area, CHANNEL_VECS]
@group(0) @binding(5) var<storage, read> oddStates: array<vec4f>;
@group(0) @binding(6) var<storage, read> words: array<u32>;
@group(0) @binding(7) var<storage, read> evenD: array<vec4f>; // dL/du' where u' has an even number, a ring of D_SLOTS
@group(0) @binding(8) var<storage, read> oddD: array<vec4f>;
@group(0) @binding(9) var<storage, read_write> sums: array<vec4f>; // [steps, N, turns, RULE_VECS]

var<private> isEven: bool;
var<private> stateSlot: u32;
var<private> dSlot: u32;

fn stateBefore(cell: u32, k: u32) -> vec4f {
  let place = stateSlot * SLOT_VECS + (base + cell) * CHANNEL_VECS + k;
  if (isEven) {
    return evenStates[place];
  }
  return oddStates[place];
}

fn dAfterOf(cell: u32, k: u32) -> vec4f {
  let place = dSlot * SLOT_VECS + (base + cell) * CHANNEL_VECS + k;
  if (isEven) {
    return oddD[place];
  }
  return evenD[place];
}

var<workgroup> lived: array<atomic<u32>, 10>;
var<workgroup> firing: array<atomic<u32>, 2>;
var<workgroup> count: u32;
/** How many cells fired in each of the coming tiles. */
var<workgroup> busy: array<u32, THREADS>;
var<workgroup> features: array<vec4f, SUM_CHUNK * (FEATURE_VECS + CHANNEL_VECS)>; // y and dx
var<workgroup> biases: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let number = range.first + i32(group.x);
  let sample = group.y;
  let life = samples[sample];
  // a workgroup has a block of units, and of features where they are too many for one thread
  let turn = group.z % range.turns;
  let featureBlock = group.z / range.turns % FEATURE_BLOCKS;
  let unit = group.z / range.turns / FEATURE_BLOCKS * THREADS + thread;
  let firstFeature = featureBlock * BLOCK_FEATURES;
  isEven = number % 2 == 0;
  stateSlot = group.x / 2u;
  dSlot = (u32(number + 1) / 2u) % D_SLOTS;
  base = sample * AREA;
  let rule = (sample / BATCH * STRAINS + TRAINED) * WEIGHT_VECS;

  // the unit's own weights stay with the thread
  let own = min(unit, HIDDEN_PADDED - 1u);
  let bias = weights[rule + B1 + own / 4u][own % 4u];
  var w1 = array<vec4f, FEATURE_VECS>();
  for (var k = 0u; k < FEATURE_VECS; k++) {
    w1[k] = weights[rule + k * HIDDEN_PADDED + own];
  }
  var w2 = array<vec4f, CHANNEL_VECS>();
  for (var k = 0u; k < CHANNEL_VECS; k++) {
    w2[k] = weights[rule + W2 + k * HIDDEN_PADDED + own];
  }
  var dW1 = array<vec4f, BLOCK_FEATURES>();
  var dW2 = array<vec4f, CHANNEL_VECS>();
  var dB1 = 0.0;
  var dB2 = vec4f(0.0); // of channels 4 * unit to 4 * unit + 3
  let isLived = number >= life.start && number < life.end;
  let tiles = select(0u, TILES_X * TILES_Y, isLived);
  for (var first = turn; first < tiles; first += range.turns * THREADS) {
    let mine = first + thread * range.turns;
    if (mine < tiles) {
      busy[thread] = words[tileWordAt(u32(number + 1), sample, mine)] & ~TILE_WRITTEN;
    }
    for (var i = 0u; i < THREADS && first + i * range.turns < tiles; i++) {
      if (workgroupUniformLoad(&busy[i]) == 0u) {
        continue; // nothing fired
      }
      let tile = first + i * range.turns;
      tileX = i32(tile % TILES_X) * TILE;
      tileY = i32(tile / TILES_X) * TILE;
      if (thread < 10u) {
        atomicStore(&lived[thread], 0u);
      }
      if (thread < 2u) {
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
        let at = base + u32(place);
        let word = words[u32(number + 1) * WORDS + at];
        if ((word & LIVES) != 0u) {
          atomicOr(&lived[i / 10u], 1u << (i % 10u));
        }
        let livesOn = (words[u32(number + 2) * WORDS + at] & LIVES) != 0u;
        if (isOwn(x, y) && livesOn && (word & ACTIVE) != 0u && (word >> STRAIN_SHIFT) == TRAINED) {
          let own = u32(y) * 8u + u32(x);
          atomicOr(&firing[own / 32u], 1u << (own % 32u));
        }
      }
      workgroupBarrier();
      if (thread < 10u) {
        lives[thread] = atomicLoad(&lived[thread]);
      }
      if (thread == 0u) {
        count = countOneBits(atomicLoad(&firing[0])) + countOneBits(atomicLoad(&firing[1]));
      }
      listCells(thread, atomicLoad(&firing[0u]), atomicLoad(&firing[1u]));
      let length = workgroupUniformLoad(&count);
      for (var start = 0u; start < length; start += SUM_CHUNK) {
        let cells = min(SUM_CHUNK, length - start);
        for (var i = thread; i < cells * CHANNEL_VECS; i += THREADS) {
          let at = list[start + i / CHANNEL_VECS];
          let x = i32(at % 8u);
          let y = i32(at / 8u);
          let k = i % CHANNEL_VECS;
          let own = i / CHANNEL_VECS * (FEATURE_VECS + CHANNEL_VECS);
          var sensed = perceive(x, y, k);
          for (var f = 0u; f < FILTERS; f++) {
            features[own + f * CHANNEL_VECS + k] = sensed[f];
          }
          let cell = u32(cellAt(tileX + x, tileY + y));
          features[own + FEATURE_VECS + k] = dAfterOf(cell, k) * (1.0 - inputsOf(k));
        }
        workgroupBarrier();
        if (unit < CHANNEL_VECS && featureBlock == 0u) {
          for (var e = 0u; e < cells; e++) {
            dB2 += features[e * (FEATURE_VECS + CHANNEL_VECS) + FEATURE_VECS + unit];
          }
        }
        if (unit < HIDDEN_PADDED) {
          for (var e = 0u; e < cells; e++) {
            let own = e * (FEATURE_VECS + CHANNEL_VECS);
            var h = bias;
            for (var k = 0u; k < FEATURE_VECS; k++) {
              h += dot(w1[k], features[own + k]);
            }
            if (!(h > 0.0)) {
              continue;
            }
            var dh = 0.0;
            for (var k = 0u; k < CHANNEL_VECS; k++) {
              let dx = features[own + FEATURE_VECS + k];
              dh += dot(w2[k], dx);
              dW2[k] += dx * h;
            }
            for (var k = 0u; k < BLOCK_FEATURES; k++) {
              dW1[k] += features[own + min(firstFeature + k, FEATURE_VECS - 1u)] * dh;
            }
            dB1 += dh;
          }
        }
        workgroupBarrier();
      }
    }
  }

  let out = ((group.x * SAMPLES + sample) * range.turns + turn) * RULE_VECS;
  if (unit < HIDDEN_PADDED) {
    for (var k = 0u; k < BLOCK_FEATURES; k++) {
      if (firstFeature + k < FEATURE_VECS) {
        sums[out + (firstFeature + k) * HIDDEN_PADDED + unit] = dW1[k];
      }
    }
    if (featureBlock == 0u) {
      for (var k = 0u; k < CHANNEL_VECS; k++) {
        sums[out + W2 + k * HIDDEN_PADDED + unit] = dW2[k];
      }
    }
  }
  biases[thread] = dB1;
  workgroupBarrier();
  if (unit < HIDDEN_PADDED && featureBlock == 0u && thread % 4u == 0u) {
    sums[out + B1 + unit / 4u] = vec4f(biases[thread], biases[thread + 1u], biases[thread + 2u], biases[thread + 3u]);
  }
  if (unit < CHANNEL_VECS && featureBlock == 0u) {
    sums[out + B2 + unit] = dB2;
  }
}
