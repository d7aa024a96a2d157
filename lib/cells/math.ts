// Functions whose last bit Math leaves to the machine, computed by operations that are exact everywhere: + - * / and
// the square root. Whatever decides the bits of training goes through here.

const LOG10_2 = 0.3010299956639812;
const PI_2 = Math.PI / 2;

/** base ** exponent for a whole exponent of at least 0. */
export function power(base: number, exponent: number): number {
  let result = 1;
  for (let factor = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), factor *= factor) {
    if (rest % 2 === 1) result *= factor;
  }
  return result;
}

/** The decimal logarithm, within 1e-15; the same as Math.log10 for 0, infinity and what has no logarithm. */
export function log10(value: number): number {
  if (!(value > 0) || value === Number.POSITIVE_INFINITY) {
    return value === 0 ? Number.NEGATIVE_INFINITY : value > 0 ? value : Number.NaN;
  }
  let exponent = 0;
  let mantissa = value;
  for (; mantissa >= Math.SQRT2; mantissa /= 2) exponent++;
  for (; mantissa < Math.SQRT1_2; mantissa *= 2) exponent--;
  const ratio = (mantissa - 1) / (mantissa + 1); // ln m = 2 artanh((m - 1) / (m + 1))
  let series = 0;
  for (let odd = 29; odd >= 1; odd -= 2) series = series * ratio * ratio + 1 / odd;
  return exponent * LOG10_2 + (2 * ratio * series) / Math.LN10;
}

/** Cosine and sine of an angle in radians, within 1e-15 for angles of a few turns. */
export function cosSin(angle: number): readonly [cos: number, sin: number] {
  const quarter = Math.round(angle / PI_2);
  const rest = angle - quarter * PI_2;
  const square = rest * rest;
  let [cos, sin] = [1, 1];
  for (let n = 24; n >= 2; n -= 2) {
    cos = 1 - (cos * square) / (n * (n - 1));
    sin = 1 - (sin * square) / (n * (n + 1));
  }
  sin *= rest;
  const turns: (readonly [number, number])[] = [
    [cos, sin],
    [-sin, cos],
    [-cos, -sin],
    [sin, -cos],
  ];
  return turns[((quarter % 4) + 4) % 4];
}
