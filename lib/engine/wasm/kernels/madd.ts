// sum + a * b: rounded twice, the same bits everywhere; or, compiled with relaxed SIMD, once, where the processor fuses.

@inline
export function madd(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/**
 * An address at which nothing lies, for a branch that is never taken. In Node 20, V8 issues all loads of a basic block
 * before the first product, and runs out of registers; such a branch splits the block in two, so that each product
 * follows its loads. No slower on Node 24.
 */
export const NOWHERE: usize = 1;

/** Whether this processor fuses: (1 + e)(1 - e) - 1 is -e * e rounded once, and 0 rounded twice. */
export function fuses(): bool {
  const e: f32 = 0.0001220703125; // 2^-13
  const fused = madd(f32x4.splat(-1), f32x4.splat(1 + e), f32x4.splat(1 - e));
  return f32x4.extract_lane(fused, 0) != 0;
}
