// The part of a PyTorch module that reads and writes weights: safetensors in plain Python.

/** Methods of the class; `hasGrid` says whether a constant GRID goes into files as well. */
export function moduleFiles(hasGrid: boolean): string {
  return `    @classmethod
    def from_safetensors(cls, path):
        """The rule with the weights in a file. Raises ValueError for a file of something else."""
        with open(path, "rb") as file:
            raw = file.read()
        start = 8 + struct.unpack("<Q", raw[:8])[0]
        head = json.loads(raw[8:start])
        notes = head.get("__metadata__", {})
        if notes.get("format") != FORMAT or json.loads(notes["rule"]) != SPEC:
            raise ValueError(f"{path} is of another rule: it says {notes.get('rule')}, expected {json.dumps(SPEC)}")

        def tensor(name):
            begin, end = head[name]["data_offsets"]
            numbers = torch.frombuffer(bytearray(raw[start + begin : start + end]), dtype=torch.float32)
            return numbers.reshape(head[name]["shape"])

        nca = cls()
        nca.load_state_dict({
            "hidden.weight": tensor("w1").T[:, :, None, None],
            "hidden.bias": tensor("b1"),
            "update.weight": tensor("w2").T[:, :, None, None],
            "update.bias": tensor("b2"),
        })
        return nca

    def to_safetensors(self, path):
        """Writes the weights as from_safetensors reads them."""
        tensors = {
            "b1": self.hidden.bias,
            "b2": self.update.bias,
            "w1": self.hidden.weight[:, :, 0, 0].T,
            "w2": self.update.weight[:, :, 0, 0].T,
        }
        notes = {"format": FORMAT, "rule": json.dumps(SPEC)${hasGrid ? ', "grid": json.dumps(GRID)' : ""}}
        head, data = {"__metadata__": notes}, b""
        for name, tensor in tensors.items():
            numbers = tensor.flatten().tolist()
            ends = [len(data), len(data) + 4 * len(numbers)]
            head[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": ends}
            data += struct.pack(f"<{len(numbers)}f", *numbers)
        text = json.dumps(head).encode()
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text + data)
`;
}
