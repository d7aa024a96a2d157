// Counts the bytes of typed arrays that are made by their length, from the moment this module is imported: import it
// before the code to be watched, as libraries keep the constructors that they find. It does not see plain arrays, maps
// and texts, nor what Node makes inside itself.

let bytes = 0;

const WATCHED = [
  "ArrayBuffer",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int8Array",
  "Int16Array",
  "BigInt64Array",
  "BigUint64Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
] as const;

const globals = globalThis as unknown as Record<string, { BYTES_PER_ELEMENT?: number } & (new () => object)>;
for (const name of WATCHED) {
  const plain = globals[name];
  globals[name] = new Proxy(plain, {
    construct(target, args, newTarget) {
      if (typeof args[0] === "number") bytes += args[0] * (plain.BYTES_PER_ELEMENT ?? 1);
      return Reflect.construct(target, args, newTarget);
    },
  });
}

/** Bytes since the last call. */
export function allocated(): number {
  const since = bytes;
  bytes = 0;
  return since;
}
