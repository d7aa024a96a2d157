// sum + a * b: rounded twice, the same bits everywhere; or, compiled with relaxed SIMD, once, where the processor fuses.

@inline
export function madd(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Whether this processor fuses: (1 + e)(1 - e) - 1 is -e * e rounded once, and 0 rounded twice. */
export function fuses(): bool {
  const e: f32 = 0.0001220703125; // 2^-13
  const fused = madd(f32x4.splat(-1), f32x4.splat(1 + e), f32x4.splat(1 - e));
  return f32x4.extract_lane(fused, 0) != 0;
}
