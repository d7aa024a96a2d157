// What a training step starts from: wounded cells are emptied, and every cell may live.

@group(0) @binding(0) var<storage, read> wounds: array<u32>; // a bit a cell, [N, WOUND_WORDS]
@group(0) @binding(1) var<storage, read_write> state: array<vec4f>; // u [N, area, CHANNEL_VECS]
@group(0) @binding(2) var<storage, read_write> words: array<u32>; // [N, area]: strains, as the pool has them

const WOUND_WORDS = (AREA + 31u) / 32u;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3u) {
  if (i32(at.x) >= WIDTH || i32(at.y) >= HEIGHT) {
    return;
  }
  let own = at.y * u32(WIDTH) + at.x;
  let cell = at.z * AREA + own;
  var strain = words[cell] >> STRAIN_SHIFT;
  if (bitAt(wounds[at.z * WOUND_WORDS + own / 32u], own % 32u)) {
    strain = 0u;
    for (var k = 0u; k < CHANNEL_VECS; k++) {
      state[cell * CHANNEL_VECS + k] *= inputsOf(k);
    }
  }
  words[cell] = ALIVE | WRITTEN | (strain << STRAIN_SHIFT);
}
