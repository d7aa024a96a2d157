"""Runs modules that we wrote: python3 pytorch_module.py JOB FOLDER."""
import importlib.util
import json
import os
import sys

import torch

torch.set_num_threads(1)


def floats(path, *shape):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(shape)


def module_at(path):
    spec = importlib.util.spec_from_file_location("rule", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def steps(folder):
    """In each folder: what rule.py makes of x.f32 by coins.f32; the weights again; and what it tosses itself."""
    for name in sorted(os.listdir(folder)):
        at = lambda file: os.path.join(folder, name, file)
        module = module_at(at("rule.py"))
        with open(at("sizes.json")) as file:
            count, channels, height, width, times = json.load(file)
        nca = module.NCA.from_safetensors(at("rule.safetensors"))
        nca.to_safetensors(at("again.safetensors"))
        x = floats(at("x.f32"), count, channels, height, width)
        coins = floats(at("coins.f32"), times, count, 1, height, width)
        with open(at("seed.f32"), "wb") as file:
            file.write(nca.seed(2, 12, 13).numpy().tobytes())
        with torch.no_grad(), open(at("next.f32"), "wb") as file:
            for sample in range(count):
                one = x[sample : sample + 1]
                for time in range(times):
                    one = nca(one, coins[time, sample : sample + 1])
                file.write(one.contiguous().numpy().tobytes())


def train(folder):
    """Prints what an untrained module and one gradient step do, and what each says of another rule's weights."""
    module = module_at(os.path.join(folder, "rule.py"))
    torch.manual_seed(1)
    nca = module.NCA()
    seed = nca.seed(2, 7, 6)
    untouched = bool((nca(seed) == seed).all())
    torch.nn.init.constant_(nca.update.bias, 1.0)
    fired = float((nca(torch.ones(1, module.CHANNELS, 200, 200)) > 1).float().mean())
    nca(seed).square().sum().backward()
    trains = all(bool(torch.isfinite(p.grad).all()) for p in nca.parameters())
    refused = []
    for name in ("other.safetensors", "state.safetensors"):
        try:
            module.NCA.from_safetensors(os.path.join(folder, name))
        except ValueError as error:
            refused.append(str(error))
    print(json.dumps({"untouched": untouched, "seed": seed.flatten().tolist(), "fired": fired, "trains": trains,
                      "refused": refused, "names": list(nca.state_dict())}))


def snippet(folder):
    """Prints the RGBA that the Python of models/README.md leaves, run where lizard.py is, in the project's folder."""
    sys.path.insert(0, folder)
    torch.manual_seed(2)
    names = {}
    with open(os.path.join(folder, "snippet.py")) as file:
        exec(file.read(), names)
    print(json.dumps(names["rgba"].flatten().tolist()))


if __name__ == "__main__":
    {"steps": steps, "train": train, "snippet": snippet}[sys.argv[1]](sys.argv[2])
