// A life goes on from the last state, as from cells that were sent: every cell and tile may live, and a cell has its strain.

@group(0) @binding(0) var<uniform> step: Step; // whose words before are those of the last state
@group(0) @binding(1) var<storage, read> state: array<vec4f>; // x [N, area, CHANNEL_VECS]
@group(0) @binding(2) var<storage, read_write> first: array<vec4f>; // u [N, area, CHANNEL_VECS]
@group(0) @binding(3) var<storage, read_write> words: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u) {
  if (at.x < TILES) {
    words[tileWordAt(0u, at.y, at.x)] = 1u;
  }
  if (at.x >= AREA) {
    return;
  }
  let cell = at.y * AREA + at.x;
  let strain = words[step.wordsBefore * WORDS + cell] >> STRAIN_SHIFT;
  words[cell] = ALIVE | WRITTEN | (strain << STRAIN_SHIFT);
  for (var k = 0u; k < CHANNEL_VECS; k++) {
    first[cell * CHANNEL_VECS + k] = state[cell * CHANNEL_VECS + k];
  }
}
