// The state after the last step of the samples that end there: x = u * life.

@group(0) @binding(0) var<uniform> step: Step; // of the step that would follow
@group(0) @binding(1) var<storage, read> samples: array<Sample>;
@group(0) @binding(2) var<storage, read> before: array<vec4f>; // u [N, area, CHANNEL_VECS]
@group(0) @binding(3) var<storage, read_write> words: array<u32>;
@group(0) @binding(4) var<storage, read_write> state: array<vec4f>; // x [N, area, CHANNEL_VECS]

fn isMature(cell: u32) -> bool {
  let word = words[step.wordsBefore * WORDS + cell];
  var value = 0.0;
  if ((word & WRITTEN) != 0u) {
    value = before[cell * CHANNEL_VECS + ALIVE_CHANNEL / 4u][ALIVE_CHANNEL % 4u];
  }
  return isAbove(value);
}

fn livesOn(base: u32, x: i32, y: i32) -> bool {
  if (MASK == MASK_NONE) {
    return true;
  }
  let cell = base + u32(cellAt(x, y));
  if ((words[step.wordsBefore * WORDS + cell] & ALIVE) == 0u) {
    return false;
  }
  if (MASK == MASK_PRE) {
    return true;
  }
  if (REACHES_CELL) {
    return isMature(cell);
  }
  for (var j = 0; j < 9; j++) {
    let neighbour = cellAt(x + j % 3 - 1, y + j / 3 - 1);
    if (neighbour >= 0 && isMature(base + u32(neighbour))) {
      return true;
    }
  }
  return false;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3u) {
  let x = i32(at.x);
  let y = i32(at.y);
  if (x >= WIDTH || y >= HEIGHT || samples[at.z].end != step.number) {
    return;
  }
  let base = at.z * AREA;
  let cell = base + u32(y * WIDTH + x);
  let word = words[step.wordsBefore * WORDS + cell];
  let isAlive = samples[at.z].start >= step.number || livesOn(base, x, y);
  words[step.wordsAfter * WORDS + cell] = select(0u, LIVES, isAlive) | (word & ~((1u << STRAIN_SHIFT) - 1u));
  for (var k = 0u; k < CHANNEL_VECS; k++) {
    var value = vec4f(0.0);
    if ((word & WRITTEN) != 0u) {
      value = before[cell * CHANNEL_VECS + k] * select(inputsOf(k), vec4f(1.0), isAlive);
    }
    state[cell * CHANNEL_VECS + k] = value;
  }
}
