// Adam on gradients normalised tensor by tensor, and the weights' running mean: see lib/train/adam.ts. A thread four numbers.

@group(0) @binding(0) var<storage, read> learning: array<Learning>;
@group(0) @binding(1) var<storage, read> results: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>; // [rules, RULE_VECS]
@group(0) @binding(3) var<storage, read_write> weights: array<vec4f>; // [rules, strains, WEIGHT_VECS]
@group(0) @binding(4) var<storage, read_write> means: array<vec4f>; // of the gradient, [rules, RULE_VECS]
@group(0) @binding(5) var<storage, read_write> squares: array<vec4f>; // means of its square
@group(0) @binding(6) var<storage, read_write> averages: array<vec4f>; // of the weights

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rule = id.y;
  let how = learning[rule];
  if (id.x >= RULE_VECS || how.learns == 0u) {
    return;
  }
  var tensor = 0u;
  while (id.x >= tensorAt(tensor + 1u)) {
    tensor++;
  }
  let at = rule * RULE_VECS + id.x;
  let d = gradient[at] / (sqrt(results[SQUARES_AT + rule * TENSORS + tensor]) + NORM_EPSILON);
  let mean = ADAM_BETA1 * means[at] + (1.0 - ADAM_BETA1) * d;
  let square = ADAM_BETA2 * squares[at] + (1.0 - ADAM_BETA2) * d * d;
  means[at] = mean;
  squares[at] = square;
  let place = (rule * STRAINS + TRAINED) * WEIGHT_VECS + id.x;
  let weight = weights[place] - how.rate * mean / (sqrt(square) + ADAM_EPSILON);
  weights[place] = weight;
  averages[at] = how.average * averages[at] + (1.0 - how.average) * weight;
}
