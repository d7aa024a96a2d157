"""Jobs for the tests that need PyTorch: python3 pytorch.py JOB FOLDER."""
import collections
import json
import os
import struct
import sys

import torch

torch.set_num_threads(1)


class CA(torch.nn.Module):
    """The original's rule: a learned 3x3 convolution, then one of 1x1; alive mask before the update."""

    def __init__(self, channels=16, hidden=256):
        super().__init__()
        self.model = torch.nn.Sequential(
            torch.nn.Conv2d(channels, hidden, 3, padding=1),
            torch.nn.ReLU(),
            torch.nn.Conv2d(hidden, channels, 1),
        )

    def forward(self, x, fire):
        alive = torch.nn.functional.max_pool2d(x[:, 3:4], 3, stride=1, padding=1) > 0.1
        return (x + self.model(x) * fire) * alive


def counted(channels, hidden, dtype=torch.float32):
    """A model whose tensors count up in steps of 1/64: what any reader can check by heart."""
    model = CA(channels, hidden)
    for parameter in model.parameters():
        parameter.data = (torch.arange(parameter.numel()) / 64 - 1).reshape(parameter.shape)
    return model.to(dtype)


def fixture(folder):
    """test/io/fixtures/counted.pt: npm test reads it where there is no PyTorch."""
    torch.save(counted(4, 3).state_dict(), os.path.join(folder, "counted.pt"))


def write(folder):
    """The same rule in every way that people save it."""
    def save(name, value, **options):
        torch.save(value, os.path.join(folder, name), **options)

    model = counted(4, 3)
    state = model.state_dict()
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.rand(1, 4, 5, 5), torch.ones(1, 1, 5, 5)).sum().backward()
    optimizer.step()
    model = counted(4, 3)
    state = model.state_dict()
    for protocol in (2, 3, 4, 5):
        save(f"protocol{protocol}.pt", state, pickle_protocol=protocol)
    training = {"epoch": 7, "loss": [0.5, None, True], "big": 2**70, "state_dict": state, "name": "é",
                "optimizer": optimizer.state_dict()}
    save("training.pt", training)
    save("training5.pt", {**training, "raw": b"\x00\xff"}, pickle_protocol=5)
    save("double.pt", counted(4, 3, torch.float64).state_dict())
    save("half.pt", counted(4, 3, torch.float16).state_dict())
    save("bfloat16.pt", counted(4, 3, torch.bfloat16).state_dict())
    save("prefix.pt", collections.OrderedDict(("module.net." + key[6:], value) for key, value in state.items()))
    save("sequential.pt", model.model.state_dict())
    save("parameters.pt", {name: parameter for name, parameter in model.named_parameters()})
    # the same numbers, in memory in other orders
    strided = {key: value.clone().permute(*reversed(range(value.dim()))).contiguous()
               .permute(*reversed(range(value.dim()))) for key, value in state.items()}
    strided["model.0.weight"] = state["model.0.weight"].to(memory_format=torch.channels_last)
    assert not strided["model.2.weight"].is_contiguous()
    save("strided.pt", strided)
    flat = torch.cat([torch.zeros(5)] + [value.flatten() for value in state.values()])
    views, at = {}, 5
    for key, value in state.items():
        views[key] = flat[at:at + value.numel()].reshape(value.shape)
        at += value.numel()
    save("views.pt", views)
    save("legacy.pt", state, _use_new_zipfile_serialization=False)
    save("device.pt", {"model": state, "device": torch.device("cuda:0"), "size": state["model.0.bias"].shape})
    save("list.pt", list(state.values()))
    # and what is refused
    save("module.pt", model)
    save("nan.pt", {key: value / 0 for key, value in state.items()})
    save("integers.pt", {key: value.long() for key, value in state.items()})
    torch.jit.script(model.model).save(os.path.join(folder, "script.pt"))


def rollout(folder):
    """A rule of the original's size, and what PyTorch makes of x.f32 under the masks of fire.f32, step by step."""
    with open(os.path.join(folder, "sizes.json")) as file:
        steps, count, height, width, channels, hidden = json.load(file)
    read = lambda name, *shape: torch.frombuffer(
        bytearray(open(os.path.join(folder, name), "rb").read()), dtype=torch.float32).reshape(shape)
    torch.manual_seed(3)
    model = CA(channels, hidden)
    torch.save(model.state_dict(), os.path.join(folder, "rule.pt"))
    x = read("x.f32", count, height, width, channels).permute(0, 3, 1, 2)
    with torch.no_grad(), open(os.path.join(folder, "states.f32"), "wb") as file:
        for fire in read("fire.f32", steps, count, 1, height, width):
            x = model(x, fire)
            file.write(x.permute(0, 2, 3, 1).contiguous().numpy().tobytes())


def load(folder):
    """What models/README.md tells to do with a state dict in safetensors, then all of it in PyTorch's own format."""
    path = os.path.join(folder, "state.safetensors")
    with open(os.path.join(folder, "snippet.py")) as file:
        names = {"path": path, "json": json, "struct": struct, "torch": torch}
        exec(file.read(), names)
    state = names["state"]
    hidden, channels = state["model.0.weight"].shape[:2]
    model = CA(channels, hidden)
    model.load_state_dict(state)
    torch.save(model.state_dict(), os.path.join(folder, "back.pt"))


if __name__ == "__main__":
    {"fixture": fixture, "write": write, "rollout": rollout, "load": load}[sys.argv[1]](sys.argv[2])
