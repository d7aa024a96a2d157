// Both layers once more, by unit: whoever sums over units reads them in that order.

@group(0) @binding(0) var<storage, read_write> weights: array<vec4f>; // [rules, strains, WEIGHT_VECS]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= B1) {
    return;
  }
  let rule = id.y * WEIGHT_VECS;
  let k = id.x / HIDDEN_PADDED; // W2 follows W1
  let unit = id.x % HIDDEN_PADDED;
  var to = W1_BY_UNIT + unit * FEATURE_VECS + k;
  if (k >= FEATURE_VECS) {
    to = W2_BY_UNIT + unit * CHANNEL_VECS + k - FEATURE_VECS;
  }
  weights[rule + to] = weights[rule + id.x];
}
