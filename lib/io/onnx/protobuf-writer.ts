// Writes Protocol Buffers' wire format: just what ONNX needs, and in the order given, so that the same message is the
// same bytes. Source: https://protobuf.dev/programming-guides/encoding.

/** A field as bytes, or several. */
export type FieldBytes = Uint8Array;

/** How a field's value is written. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

const utf8 = new TextEncoder();

/** Fields one after the other: a message. */
export function message(...fields: readonly FieldBytes[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + field.length, 0));
  let at = 0;
  for (const field of fields) {
    bytes.set(field, at);
    at += field.length;
  }
  return bytes;
}

/** A whole number of at least 0 in groups of 7 bits, the lowest first. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}

const tag = (number: number, kind: number) => varint(number * 8 + kind);

/** A whole number from 0 to 2^53. */
export function whole(number: number, value: number): FieldBytes {
  return Uint8Array.from([...tag(number, VARINT), ...varint(value)]);
}

/** Bytes, or a message within this one. */
export function bytes(number: number, content: Uint8Array): FieldBytes {
  return message(Uint8Array.from([...tag(number, LENGTH_DELIMITED), ...varint(content.length)]), content);
}

/** A text in UTF-8. */
export function text(number: number, content: string): FieldBytes {
  return bytes(number, utf8.encode(content));
}
