// Adds up what the workgroups of `gradient.wgsl` have summed: by rule, over all steps, samples and turns, in a fixed order.

/** What is added up. */
struct Sums {
  /** The steps of the range, and the workgroups of each step and sample. */
  steps: u32,
  turns: u32,
  /** 1 where the range is the first that is added up, and 0 where the sums of others lie there. */
  isFirst: u32,
}

@group(0) @binding(0) var<uniform> range: Sums;
@group(0) @binding(1) var<storage, read> sums: array<vec4f>; // [steps, N, turns, RULE_VECS]
@group(0) @binding(2) var<storage, read_write> gradient: array<vec4f>; // [rules, RULE_VECS]

const ADDERS = 32u; // numbers side by side
const SHARES = 4u; // of the workgroups' sums, added up apart from one another

var<workgroup> shares: array<vec4f, ADDERS * SHARES>;

@compute @workgroup_size(ADDERS * SHARES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let at = group.x * ADDERS + thread % ADDERS;
  let rule = group.y;
  let each = BATCH * range.turns;
  var sum = vec4f(0.0);
  if (at < RULE_VECS) {
    for (var i = thread / ADDERS; i < range.steps * each; i += SHARES) {
      let place = i / each * SAMPLES * range.turns + rule * each + i % each;
      sum += sums[place * RULE_VECS + at];
    }
  }
  shares[thread] = sum;
  workgroupBarrier();
  if (thread < ADDERS && at < RULE_VECS) {
    var total = shares[thread];
    for (var share = 1u; share < SHARES; share++) {
      total += shares[share * ADDERS + thread];
    }
    let place = rule * RULE_VECS + at;
    if (range.isFirst == 0u) {
      total += gradient[place];
    }
    gradient[place] = total;
  }
}
