// Data that JSON can hold.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Numbers that JSON has no word for: it would write null for each of them. */
const UNWRITABLE = new Map([
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** As JSON.stringify; an infinite number is written as its name. The same data gives the same text. */
export function toJson(data: unknown): string {
  return JSON.stringify(data, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? `${value}` : value,
  );
}

/** The data that `toJson` wrote. Throws SyntaxError for a text that is not JSON. */
export function fromJson(text: string): Json {
  return JSON.parse(text, (_, value) =>
    typeof value === "string" ? (UNWRITABLE.get(value) ?? value) : value,
  );
}
