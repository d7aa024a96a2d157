// 4x4 transposes between rows (a cell's channels side by side) and tiles (a channel's cells side by side).

/** Stores the transpose of rows a, b, c, d as four vectors, `stride` bytes apart. */
@inline
export function storeTransposed(a: v128, b: v128, c: v128, d: v128, out: usize, stride: usize): void {
  const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5));
  v128.store(out + stride, v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7));
  v128.store(out + 2 * stride, v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5));
  v128.store(out + 3 * stride, v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7));
}
