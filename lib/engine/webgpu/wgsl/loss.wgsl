// The loss of every sample that ends here, and its gradient in the last state: a workgroup a sample, sums in a fixed order.

@group(0) @binding(0) var<uniform> step: Step; // of the step that would follow
@group(0) @binding(1) var<storage, read> samples: array<Sample>;
@group(0) @binding(2) var<storage, read> learning: array<Learning>;
@group(0) @binding(3) var<storage, read> targets: array<vec4f>; // RGBA, [rules, area]
@group(0) @binding(4) var<storage, read> state: array<vec4f>; // x [N, area, CHANNEL_VECS]
@group(0) @binding(5) var<storage, read_write> dLast: array<vec4f>; // dL/dx [N, area, CHANNEL_VECS]
@group(0) @binding(6) var<storage, read_write> results: array<f32>;

const ADDERS = 128u;
const EPSILON = 1e-6; // keeps the slope of root and logarithm finite

var<workgroup> sums: array<f32, ADDERS>;
var<workgroup> mature: array<u32, ADDERS>;
var<workgroup> loss: f32;

/** The objective's slope in a sample's loss. */
fn slopeOf(objective: u32, loss: f32) -> f32 {
  if (objective == 1u) {
    return 0.5 / sqrt(loss + EPSILON);
  }
  return select(1.0, 1.0 / (loss + EPSILON), objective == 2u);
}

@compute @workgroup_size(ADDERS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let sample = group.x;
  if (samples[sample].end != step.number) {
    return;
  }
  let rule = sample / BATCH;
  let first = sample * AREA;
  var sum = 0.0;
  var count = 0u;
  for (var cell = lane; cell < AREA; cell += ADDERS) {
    let difference = state[(first + cell) * CHANNEL_VECS] - targets[rule * AREA + cell];
    sum += dot(difference, difference);
    count += select(0u, 1u, isAbove(state[(first + cell) * CHANNEL_VECS + ALIVE_CHANNEL / 4u][ALIVE_CHANNEL % 4u]));
  }
  sums[lane] = sum;
  mature[lane] = count;
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0.0;
    var all = 0u;
    for (var i = 0u; i < ADDERS; i++) {
      total += sums[i];
      all += mature[i];
    }
    loss = total / f32(4u * AREA);
    results[sample] = loss;
    results[MATURE_AT + sample] = f32(all);
  }
  let scale = slopeOf(learning[rule].objective, workgroupUniformLoad(&loss)) * 2.0 / f32(4u * AREA * BATCH);
  for (var i = lane; i < AREA * CHANNEL_VECS; i += ADDERS) {
    var d = vec4f(0.0);
    if (i % CHANNEL_VECS == 0u) {
      d = scale * (state[first * CHANNEL_VECS + i] - targets[rule * AREA + i / CHANNEL_VECS]);
    }
    dLast[first * CHANNEL_VECS + i] = d;
  }
}
