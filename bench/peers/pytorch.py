"""PyTorch with the same rule: depthwise perception (or a learned 3x3 convolution), two 1x1 convolutions, masks, Adam.

Arguments: "eager", "channels-last" or "compiled", or on a GPU "cuda" or "cuda-compiled"; and threads. Answers every line of
JSON as serve.ts says.
"""

import json
import math
import sys

import torch
import torch.nn.functional as F
from serving import LEARNING_RATE, serve

SOBEL = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
IDENTITY = torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
VARIANT, THREADS = sys.argv[1], int(sys.argv[2])
DEVICE = "cuda" if VARIANT.startswith("cuda") else "cpu"


def alive(state):
    """1 where the 3x3 maximum of alpha is above 0.1; detached, for no gradient passes."""
    return (F.max_pool2d(state[:, 3:4].detach(), 3, 1, 1) > 0.1).float()


def mean_square(state):
    return state[:, :4].square().mean()


def prepare(folder, mode):
    """The workload's piece of work: a function of the number of CA steps that gives the last state."""
    job = json.load(open(f"{folder}/workload.json"))
    spec, shape = job["spec"], job["shape"]
    if spec["perception"] not in ("sobel", "neighbourhood") or spec["angle"] != 0:
        raise ValueError(
            f"pytorch.py has perception sobel and neighbourhood at angle 0; got {spec['perception']} at {spec['angle']}"
        )
    channels, hidden = spec["channels"], spec["hidden"]

    def read(name, *size):
        storage = torch.FloatStorage.from_file(f"{folder}/{name}.f32", False, math.prod(size))
        return torch.FloatTensor(storage).reshape(*size).clone().to(DEVICE)

    cells = read("cells", shape["count"], shape["height"], shape["width"], channels)
    layout = torch.channels_last if VARIANT == "channels-last" else torch.contiguous_format
    cells = cells.permute(0, 3, 1, 2).contiguous(memory_format=layout)
    patch = spec["perception"] == "neighbourhood"
    features = channels * (9 if patch else 3)
    w1 = read("w1", features, hidden)
    if patch:  # [9 * C, D], neighbour by neighbour -> one 3x3 convolution
        first = w1.reshape(3, 3, channels, hidden).permute(3, 2, 0, 1).contiguous()
    else:  # [3 * C, D], filter by filter -> a 1x1 convolution of depthwise filters, which are channel by channel
        first = w1.reshape(3, channels, hidden).permute(2, 1, 0).reshape(hidden, features, 1, 1).contiguous()
    second = read("w2", hidden, channels).t().reshape(channels, hidden, 1, 1).contiguous()
    first, second = first.contiguous(memory_format=layout), second.contiguous(memory_format=layout)
    parameters = [first, read("b1", hidden), second, read("b2", channels)]
    for parameter in parameters:
        parameter.requires_grad_(mode == "train")
    filters = torch.stack([IDENTITY, SOBEL, SOBEL.t()])[:, None].repeat(channels, 1, 1, 1).to(DEVICE)

    def step(state):
        w, b, v, c = parameters
        if patch:
            h = F.relu(F.conv2d(state, w, b, padding=1))
        else:
            h = F.relu(F.conv2d(F.conv2d(state, filters, padding=1, groups=channels), w, b))
        fire = (torch.rand(state.shape[0], 1, *state.shape[2:], device=DEVICE) < spec["fireRate"]).float()
        new = state + F.conv2d(h, v, c) * fire
        if spec["aliveMask"] == "none":
            return new
        life = alive(state)
        return new * (life * alive(new) if spec["aliveMask"] == "pre-and-post" else life)

    if VARIANT.endswith("compiled"):
        if not hasattr(torch, "compile"):
            raise RuntimeError(f"torch.compile comes with PyTorch 2, this is {torch.__version__}")
        step = torch.compile(step)

    def rollout(steps):
        state = cells
        for _ in range(steps):
            state = step(state)
        return state

    def finished(state):
        if DEVICE == "cuda":
            torch.cuda.synchronize()
        return state

    def grow(steps):
        with torch.no_grad():
            return finished(rollout(steps))

    if mode == "infer":
        return grow
    optimizer = torch.optim.Adam(parameters, LEARNING_RATE)

    def train(steps):
        optimizer.zero_grad()
        state = rollout(steps)
        mean_square(state).backward()
        for parameter in parameters:
            parameter.grad /= parameter.grad.norm() + 1e-8
        optimizer.step()
        return finished(state.detach())

    return train


torch.set_num_threads(THREADS)
serve(prepare, lambda state: mean_square(state).item())
