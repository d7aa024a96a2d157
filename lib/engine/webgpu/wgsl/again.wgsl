// A life goes on from the last state, as from cells that were sent: every cell and tile may live, and a cell has its strain.

@group(0) @binding(0) var<uniform> step: Step; // whose words before are those of the last state
@group(0) @binding(1) var<storage, read> state: array<vec4f>; // x [N, area, CHANNEL_VECS]
@group(0) @binding(2) var<storage, read_write> first: array<vec4f>; // u [N, area, CHANNEL_VECS]
@group(0) @binding(3) var<storage, read_write> words: array<u32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3u) {
  if (at.x % 8u == 0u && at.y % 8u == 0u) {
    words[tileWordAt(0u, at.z, at.y / 8u * TILES_X + at.x / 8u)] = 1u;
  }
  if (i32(at.x) >= WIDTH || i32(at.y) >= HEIGHT) {
    return;
  }
  let cell = at.z * AREA + at.y * u32(WIDTH) + at.x;
  let strain = words[step.wordsBefore * WORDS + cell] >> STRAIN_SHIFT;
  words[cell] = ALIVE | WRITTEN | (strain << STRAIN_SHIFT);
  for (var k = 0u; k < CHANNEL_VECS; k++) {
    first[cell * CHANNEL_VECS + k] = state[cell * CHANNEL_VECS + k];
  }
}
