// A chunk of the list's cells passes the first layer forward, and again backward, and the second layer's gradient. The threads
// stand in rows of LANES: a row has CELL_TILE cells of its own, a thread of it UNIT_TILE units of these, LANES apart.

/** Cells of the chunk, y [CHUNK, FEATURE_VECS]; backward dL/d(dx) of the tile's cells follows, [TILE_CELLS, CHANNEL_VECS]. */
var<workgroup> values: array<vec4f, CHUNK * FEATURE_VECS + UPDATE_VECS>;
/** A number of every unit of a block, of every cell: h forward, dh backward. Four units a vec. */
var<workgroup> units: array<vec4f, CHUNK * UNIT_VECS>;

alias Sums = array<array<f32, CELL_TILE>, UNIT_TILE>;
alias Rows = array<u32, CELL_TILE>;

/** Perceives `length` cells of the list; a barrier follows before the features are read. */
fn perceiveChunk(start: u32, length: u32, thread: u32) {
  for (var i = thread; i < length * CHANNEL_VECS; i += THREADS) {
    let cell = list[start + i / CHANNEL_VECS];
    var y = perceive(i32(cell % 8u), i32(cell / 8u), i % CHANNEL_VECS);
    for (var f = 0u; f < FILTERS; f++) {
      values[i / CHANNEL_VECS * FEATURE_VECS + f * CHANNEL_VECS + i % CHANNEL_VECS] = y[f];
    }
  }
}

/** The weights of a thread's units for vec `k` of what they multiply, in a matrix [vecs, HIDDEN_PADDED]. */
fn weightsOf(matrix: u32, k: u32, unit: u32) -> array<vec4f, UNIT_TILE> {
  var w = array<vec4f, UNIT_TILE>();
  for (var i = 0u; i < UNIT_TILE; i++) {
    w[i] = weights[matrix + k * HIDDEN_PADDED + min(unit + i * LANES, HIDDEN_PADDED - 1u)];
  }
  return w;
}

/** Adds to every sum the product of its unit's weights with its cell's row of so many values. */
fn addProducts(sums: ptr<function, Sums>, matrix: u32, vecs: u32, unit: u32, rows: Rows) {
  var w = weightsOf(matrix, 0u, unit);
  for (var k = 0u; k < vecs; k++) {
    var next = weightsOf(matrix, min(k + 1u, vecs - 1u), unit); // on their way meanwhile
    for (var e = 0u; e < CELL_TILE; e++) {
      let value = values[rows[e] + k];
      for (var i = 0u; i < UNIT_TILE; i++) {
        (*sums)[i][e] += dot(w[i], value);
      }
    }
    w = next;
  }
}

/** Keeps a unit's number of a cell. */
fn keepUnit(cell: u32, unit: u32, number: f32) {
  units[cell * UNIT_VECS + unit / 4u][unit % 4u] = number;
}

/** y W1 + b1 of a thread's units and cells, of which `cell` is the chunk's first. */
fn beforeRelu(rule: u32, unit: u32, cell: u32) -> Sums {
  var sums = Sums();
  var rows = Rows();
  for (var i = 0u; i < UNIT_TILE; i++) {
    let own = min(unit + i * LANES, HIDDEN_PADDED - 1u);
    for (var e = 0u; e < CELL_TILE; e++) {
      sums[i][e] = weights[rule + B1 + own / 4u][own % 4u];
      rows[e] = (cell + e) * FEATURE_VECS;
    }
  }
  addProducts(&sums, rule, FEATURE_VECS, unit, rows);
  return sums;
}

/** A vec's weights of four units: what is multiplied with a vec of units gives their sum. */
fn fourUnits(place: u32, vecs: u32) -> mat4x4f {
  return mat4x4f(weights[place], weights[place + vecs], weights[place + 2u * vecs], weights[place + 3u * vecs]);
}
