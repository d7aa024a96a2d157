// What an ONNX model says of itself: short texts by name, among them the specification of a rule of ours.
// Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, ModelProto.metadata_props.
import { ENTRY, MODEL } from "./fields.js";
import { fieldsOf } from "./protobuf.js";

/** The texts. @throws FileError, naming `where`, where the file is cut short or no message */
export function onnxMetadata(bytes: Uint8Array, where: string): Record<string, string> {
  const entries: [string, string][] = [];
  for (const { number, value } of fieldsOf(bytes, where)) {
    if (number !== MODEL.metadata || typeof value === "number") continue;
    const texts = new Map([...fieldsOf(value, where)].map((field) => [field.number, textOf(field.value)]));
    entries.push([texts.get(ENTRY.key) ?? "", texts.get(ENTRY.value) ?? ""]);
  }
  return Object.fromEntries(entries);
}

function textOf(value: number | Uint8Array): string {
  return typeof value === "number" ? `${value}` : new TextDecoder().decode(value);
}
