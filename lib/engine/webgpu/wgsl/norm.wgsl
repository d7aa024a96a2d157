// The sums of squares of a gradient's tensors: a workgroup a tensor of a rule, in a fixed order.

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>; // [rules, RULE_VECS]
@group(0) @binding(1) var<storage, read_write> results: array<f32>;

const ADDERS = 128u;

var<workgroup> sums: array<f32, ADDERS>;

@compute @workgroup_size(ADDERS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tensor = group.x;
  let rule = group.y;
  var sum = 0.0;
  for (var at = tensorAt(tensor) + lane; at < tensorAt(tensor + 1u); at += ADDERS) {
    let value = gradient[rule * RULE_VECS + at];
    sum += dot(value, value);
  }
  sums[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0.0;
    for (var i = 0u; i < ADDERS; i++) {
      total += sums[i];
    }
    results[SQUARES_AT + rule * TENSORS + tensor] = total;
  }
}
