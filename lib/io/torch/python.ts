// Values as Python writes them.

/** More digits than any float32 needs. */
const DIGITS = 9;

/** A number that is meant as float32: the shortest text that gives it. */
export function pythonNumber(number: number): string {
  const single = Math.fround(number);
  if (!Number.isFinite(single)) return `float("${single > 0 ? "inf" : "-inf"}")`;
  for (let digits = 1; digits <= DIGITS; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return `${short}`;
  }
  return `${single}`;
}

/** An object of plain values, a line each, in its order. */
export function pythonDict(values: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(values).map(
    ([name, value]) => `    ${JSON.stringify(name)}: ${plain(value)},\n`,
  );
  return `{\n${lines.join("")}}`;
}

function plain(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return JSON.stringify(value);
}
