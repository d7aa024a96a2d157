// The tile that a workgroup computes, and the perception of its cells: every filter on every channel of the neighbourhood.

var<private> tileX: i32;
var<private> tileY: i32;
var<private> base: u32; // the sample's first cell
/** Cells of the tile that are computed, in their order. */
var<workgroup> list: array<u32, TILE_CELLS>;

/** Lists the cells of a tile's 64 bits. All threads take part; a barrier follows before the list is read. */
fn listCells(thread: u32, low: u32, high: u32) {
  if (thread >= TILE_CELLS) {
    return;
  }
  let isHigh = thread >= 32u;
  let half = select(low, high, isHigh);
  let earlier = select(0u, countOneBits(low), isHigh);
  if (bitAt(half, thread % 32u)) {
    list[earlier + countOneBits(half & ((1u << (thread % 32u)) - 1u))] = thread;
  }
}

/** Whether a place is in the tile and on the grid, not in the tile's rim. */
fn isOwn(x: i32, y: i32) -> bool {
  return x >= 0 && y >= 0 && x < TILE && y < TILE && tileX + x < WIDTH && tileY + y < HEIGHT;
}

/** Which cells of the tile and its rim live, [10 rows]: row and column 0 are the rim's. */
var<workgroup> lives: array<u32, 10>;

/** The state of a cell of the tile or its rim, channels 4k to 4k + 3: dead cells keep their inputs alone. */
fn stateAt(x: i32, y: i32, k: u32) -> vec4f {
  let cell = cellAt(tileX + x, tileY + y);
  let isAlive = bitAt(lives[y + 1], u32(x + 1));
  let state = stateBefore(u32(max(cell, 0)), k); // read in any case, so that neighbours are read at once
  let inputs = select(vec4f(0.0), state * inputsOf(k), cell >= 0 && HAS_INPUTS);
  return select(inputs, state, cell >= 0 && isAlive);
}

/**
 * y[f, k] = sum over j of filter[f][j] * x[neighbour j, k], of the tile's cell (x, y), for all filters f.
 */
fn perceive(x: i32, y: i32, k: u32) -> array<vec4f, FILTERS> {
  var sums = array<vec4f, FILTERS>();
  for (var j = 0; j < 9; j++) {
    let value = stateAt(x + j % 3 - 1, y + j / 3 - 1, k);
    for (var f = 0u; f < FILTERS; f++) {
      sums[f] += filters[j][f / 4u][f % 4u] * value;
    }
  }
  return sums;
}
