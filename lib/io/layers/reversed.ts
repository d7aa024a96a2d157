// Weights with their sides the other way round: every format has another order.

/**
 * Numbers [a, b, c] as [c, b, a]: a convolution's weights [outputs, inputs, places] become a dense layer's
 * [places * inputs, outputs], and back.
 */
export function reversed(numbers: Float32Array, a: number, b: number, c: number): Float32Array {
  const result = new Float32Array(numbers.length);
  let at = 0;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) result[(k * b + j) * a + i] = numbers[at++];
    }
  }
  return result;
}
