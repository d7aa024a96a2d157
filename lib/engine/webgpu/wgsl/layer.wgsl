// The first layer of a chunk of the list's cells, which is computed forward, and again backward.

var<workgroup> features: array<vec4f, CHUNK * FEATURE_VECS>;
/** A number of every hidden unit of every cell: h forward, dh backward. */
var<workgroup> units: array<f32, CHUNK * UNIT_STRIDE>;

/** Perceives `length` cells of the list; a barrier follows before the features are read. */
fn perceiveChunk(start: u32, length: u32, thread: u32) {
  for (var i = thread; i < length * CHANNEL_VECS; i += THREADS) {
    let cell = list[start + i / CHANNEL_VECS];
    var y = perceive(i32(cell % 8u), i32(cell / 8u), i % CHANNEL_VECS);
    for (var f = 0u; f < FILTERS; f++) {
      features[i / CHANNEL_VECS * FEATURE_VECS + f * CHANNEL_VECS + i % CHANNEL_VECS] = y[f];
    }
  }
}

/** y W1 + b1 of one unit, of all cells of the chunk. */
fn beforeRelu(rule: u32, unit: u32) -> array<f32, CHUNK> {
  var sums: array<f32, CHUNK>;
  let bias = weights[rule + B1 + unit / 4u][unit % 4u];
  for (var e = 0u; e < CHUNK; e++) {
    sums[e] = bias;
  }
  for (var k = 0u; k < FEATURE_VECS; k++) {
    let w = weights[rule + k * HIDDEN_PADDED + unit];
    for (var e = 0u; e < CHUNK; e++) {
      sums[e] += dot(w, features[e * FEATURE_VECS + k]);
    }
  }
  return sums;
}
