// The numbers of ONNX's fields and types, for who reads a model and who writes one; those alone that either needs.
// Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.

/** ModelProto. */
export const MODEL = {
  version: 1,
  producer: 2,
  producerVersion: 3,
  graph: 7,
  opset: 8,
  metadata: 14,
  functions: 25,
} as const;
/** OperatorSetIdProto. */
export const OPSET = { domain: 1, version: 2 } as const;
/** StringStringEntryProto. */
export const ENTRY = { key: 1, value: 2 } as const;
/** FunctionProto. */
export const FUNCTION = { node: 7 } as const;
/** GraphProto. */
export const GRAPH = { node: 1, name: 2, initializer: 5, says: 10, input: 11, output: 12 } as const;
/** NodeProto. */
export const NODE = { input: 1, output: 2, name: 3, operation: 4, attribute: 5 } as const;
/** AttributeProto. */
export const ATTRIBUTE = {
  name: 1,
  integer: 3,
  tensor: 5,
  graph: 6,
  integers: 8,
  graphs: 11,
  type: 20,
} as const;
/** TensorProto. */
export const TENSOR = {
  dims: 1,
  type: 2,
  floats: 4,
  integers: 5,
  name: 8,
  raw: 9,
  doubles: 10,
  external: 13,
} as const;
/** ValueInfoProto. */
export const VALUE = { name: 1, type: 2, says: 3 } as const;
/** TypeProto, whose tensor is a TypeProto.Tensor. */
export const TYPE = { tensor: 1 } as const;
export const TENSOR_TYPE = { element: 1, shape: 2 } as const;
/** TensorShapeProto, and its Dimension: a size or a name. */
export const SHAPE = { dimension: 1 } as const;
export const DIMENSION = { size: 1, name: 2 } as const;

/** TensorProto.DataType: how a tensor's numbers are kept. */
export const DATA_TYPES = { float: 1, integer: 7, truth: 9, half: 10, double: 11, bfloat16: 16 } as const;
/** AttributeProto.AttributeType. */
export const ATTRIBUTE_TYPES = { integer: 2, graph: 5, integers: 7 } as const;
