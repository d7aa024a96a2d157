"""Checks ONNX files as ONNX's own package does, and prints the shape of each one's output: python3 onnx_check.py FILE..."""
import sys

import onnx

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    (output,) = inferred.graph.output
    print([side.dim_param or side.dim_value for side in output.type.tensor_type.shape.dim])
