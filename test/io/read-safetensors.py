"""Reads a safetensors file by the format's description alone, with nothing of ours; prints it as JSON.

Source: https://github.com/huggingface/safetensors#format. Where that package is installed it must see the same.
"""
import json
import math
import struct
import sys

FORMATS = {"F32": "f", "U32": "I"}
raw = open(sys.argv[1], "rb").read()
(length,) = struct.unpack("<Q", raw[:8])
assert length % 8 == 0 and raw[8:9] == b"{"
header = json.loads(raw[8:8 + length].decode())
data = raw[8 + length:]
metadata = header.pop("__metadata__", {})
assert all(isinstance(value, str) for value in metadata.values())
end = 0
tensors = {}
for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    begin, stop = entry["data_offsets"]
    count = math.prod(entry["shape"])
    assert begin == end and stop - begin == 4 * count, name
    numbers = struct.unpack(f"<{count}{FORMATS[entry['dtype']]}", data[begin:stop])
    tensors[name] = {"shape": entry["shape"], "data": numbers}
    end = stop
assert end == len(data)
try:
    import safetensors
except ImportError:
    pass
else:
    for name, entry in safetensors.deserialize(raw):
        begin, stop = header[name]["data_offsets"]
        assert entry["shape"] == header[name]["shape"] and bytes(entry["data"]) == data[begin:stop], name
print(json.dumps({"metadata": metadata, "tensors": tensors}))
