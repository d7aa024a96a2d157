// How each rule learns, and what a training step has shown.

/** One rule. */
struct Learning {
  /** What is minimised: 0 the mean of the losses, 1 of their roots, 2 of their logarithms. */
  objective: u32,
  /** Adam's rate, its bias corrected; a rule of which no update was asked for does not learn. */
  rate: f32,
  learns: u32,
  /** How much of the weights' running mean is kept. */
  average: f32,
}

/** Results: every sample's loss, whether it has a mature cell, and by rule the sums of squares of the gradient's four tensors. */
const MATURE_AT = SAMPLES;
const SQUARES_AT = 2u * SAMPLES;
const TENSORS = 4u; // W1, W2, b1, b2

/** Where a rule's tensor begins; the next one begins where it ends. */
fn tensorAt(tensor: u32) -> u32 {
  var starts = array<u32, 5>(0u, W2, B1, B2, RULE_VECS);
  return starts[tensor];
}
