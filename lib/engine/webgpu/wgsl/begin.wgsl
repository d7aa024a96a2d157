// What a training step starts from: wounded cells are emptied, and every cell may live.

@group(0) @binding(0) var<storage, read> wounds: array<u32>; // a bit a cell, [N, WOUND_WORDS]
@group(0) @binding(1) var<storage, read_write> state: array<vec4f>; // u [N, area, CHANNEL_VECS]
@group(0) @binding(2) var<storage, read_write> words: array<u32>; // [N, area]: strains, as the pool has them

const WOUND_WORDS = (AREA + 31u) / 32u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u) {
  if (at.x >= AREA) {
    return;
  }
  let cell = at.y * AREA + at.x;
  var strain = words[cell] >> STRAIN_SHIFT;
  if (bitAt(wounds[at.y * WOUND_WORDS + at.x / 32u], at.x % 32u)) {
    strain = 0u;
    for (var k = 0u; k < CHANNEL_VECS; k++) {
      state[cell * CHANNEL_VECS + k] *= inputsOf(k);
    }
  }
  words[cell] = ALIVE | WRITTEN | (strain << STRAIN_SHIFT);
}
