"""JAX with the same rule: perception by shifted slices, two dense layers, masks; a jitted scan, its gradient, Adam.

Arguments: "cpu" or "cuda", and threads. Answers every line of JSON as serve.ts says.
"""

import json
import os
import sys

PLATFORM, THREADS = sys.argv[1], int(sys.argv[2])
os.environ["JAX_PLATFORMS"] = PLATFORM
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # the card's memory is for others too
os.environ["NPROC"] = str(THREADS)  # the size of XLA's pool of threads
if PLATFORM == "cpu" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

import jax
import jax.numpy as jnp
import numpy
from serving import LEARNING_RATE, serve

IDENTITY = numpy.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], "float32")
SOBEL = numpy.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "float32") / 8


def neighbours(state):
    """The nine shifted states, row by row; beyond the edge is zero."""
    height, width = state.shape[1:3]
    padded = jnp.pad(state, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return [padded[:, y : y + height, x : x + width] for y in range(3) for x in range(3)]


def alive(state):
    """1 where the 3x3 maximum of alpha is above 0.1; no gradient passes."""
    alpha = jax.lax.stop_gradient(state[..., 3:4])
    most = alpha
    for shifted in neighbours(alpha):
        most = jnp.maximum(most, shifted)
    return (most > 0.1).astype("float32")


def mean_square(state):
    return jnp.mean(jnp.square(state[..., :4]))


def prepare(folder, mode):
    """The workload's piece of work: a function of the number of CA steps that gives the last state."""
    job = json.load(open(f"{folder}/workload.json"))
    spec, shape = job["spec"], job["shape"]
    if spec["perception"] not in ("sobel", "neighbourhood") or spec["angle"] != 0:
        raise ValueError(
            f"jax_scan.py has perception sobel and neighbourhood at angle 0; got {spec['perception']} at {spec['angle']}"
        )
    channels, hidden = spec["channels"], spec["hidden"]
    patch = spec["perception"] == "neighbourhood"

    def read(name, *size):
        return jnp.asarray(numpy.fromfile(f"{folder}/{name}.f32", "float32").reshape(size))

    cells = read("cells", shape["count"], shape["height"], shape["width"], channels)
    w1, b1 = read("w1", channels * (9 if patch else 3), hidden), read("b1", hidden)
    w2, b2 = read("w2", hidden, channels), read("b2", channels)

    def perceive(state):
        around = neighbours(state)
        if patch:
            return jnp.concatenate(around, -1)
        weigh = lambda kernel: sum(w * s for w, s in zip(kernel.ravel().tolist(), around) if w != 0)
        return jnp.concatenate([weigh(IDENTITY), weigh(SOBEL), weigh(SOBEL.T)], -1)

    def step(weights, state, key):
        w, b, v, c = weights
        h = jnp.maximum(perceive(state) @ w + b, 0)
        fire = (jax.random.uniform(key, state.shape[:3] + (1,)) < spec["fireRate"]).astype("float32")
        new = state + (h @ v + c) * fire
        if spec["aliveMask"] == "none":
            return new
        life = alive(state)
        return new * (life * alive(new) if spec["aliveMask"] == "pre-and-post" else life)

    def rollout(weights, keys):
        return jax.lax.scan(lambda state, key: (step(weights, state, key), None), cells, keys)[0]

    weights = (w1, b1, w2, b2)
    if mode == "infer":
        grow = jax.jit(rollout)
        return lambda steps: grow(weights, jax.random.split(jax.random.PRNGKey(0), steps))

    def loss(weights, keys):
        state = rollout(weights, keys)
        return mean_square(state), state

    @jax.jit
    def train(weights, moments, keys):
        (_, state), gradients = jax.value_and_grad(loss, has_aux=True)(weights, keys)
        learned, next_moments = [], []
        for w, g, (m, v) in zip(weights, gradients, moments):
            g = g / (jnp.linalg.norm(g) + 1e-8)
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            learned.append(w - LEARNING_RATE * (m / 0.1) / (jnp.sqrt(v / 0.001) + 1e-8))  # the first step's bias
            next_moments.append((m, v))
        return tuple(learned), tuple(next_moments), state

    held = [weights, tuple((jnp.zeros_like(w), jnp.zeros_like(w)) for w in weights)]

    def work(steps):
        held[0], held[1], state = train(held[0], held[1], jax.random.split(jax.random.PRNGKey(0), steps))
        return state

    return work


def finished(folder, mode):
    """The same, which returns when the state is there."""
    work = prepare(folder, mode)
    return lambda steps: work(steps).block_until_ready()


serve(finished, lambda state: float(mean_square(state)))
