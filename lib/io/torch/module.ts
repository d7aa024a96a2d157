// A rule as a PyTorch module to read: Python text that needs nothing but torch. It holds what the rule is, and no
// weights: these it reads from a safetensors file of ours. A CA step takes coins from its caller, or tosses its own.
import { filtersOf, type Perception } from "../../rule/filters.js";
import { checkRule, type Rule } from "../../rule/rule.js";
import { isCentre } from "../../rule/seeds.js";
import { type RuleSpec, specData } from "../../rule/spec.js";
import { VERSION } from "../../version.js";
import { FORMAT, gridText } from "../checkpoint.js";
import { moduleFiles } from "./module-files.js";
import { pythonDict, pythonNumber } from "./python.js";

/** What each filter senses, for a comment beside it. */
const FILTER_NAMES: Record<Perception, readonly string[]> = {
  sobel: ["the cell itself", "Sobel x / 8", "Sobel y / 8"],
  laplacian: ["the cell itself", "Sobel x / 8", "Sobel y / 8", "9-point Laplacian / 4"],
  neighbourhood:
    "upper left, above, upper right, left, the cell itself, right, lower left, below, lower right".split(
      ", ",
    ),
};

/** Distill's, for an example. */
const USUAL_GRID = { height: 72, width: 72 };

/**
 * The text of a Python file with the rule as `class NCA(torch.nn.Module)`; the same specification and grid give the same
 * text.
 *
 * - `NCA.from_safetensors(path)` loads the weights from a file of `encodeRule`, without the package safetensors, and
 *   refuses those of a rule with another specification; `to_safetensors(path)` writes what `decodeRule` reads.
 * - `forward(x, coins=None)` is one CA step of x [N, C, H, W]: coins [N, 1, H, W], 1 where a cell fires and else 0, are
 *   tossed where none are given.
 * - `seed(count, height, width)` is that of `seedFor`.
 *
 * Source: https://pytorch.org/docs/stable/nn.html, for PyTorch 1.10 or later.
 *
 * @throws InvalidInputError for a rule that makes no sense
 */
export function pytorchModule(rule: Rule): string {
  checkRule(rule);
  const { spec } = rule;
  return [
    title(rule),
    constants(rule),
    initializer(spec),
    perception(spec),
    ...(spec.aliveMask === "none" ? [] : [alive(spec)]),
    forward(spec),
    seed(rule),
    moduleFiles(rule.grid !== undefined),
  ].join("\n");
}

function title({ spec, grid }: Rule): string {
  const { height, width } = grid ?? USUAL_GRID;
  return `"""A neural cellular automaton for PyTorch, written by differentiable-morphogenesis ${VERSION}.

    nca = NCA.from_safetensors("rule.safetensors")
    with torch.no_grad():
        x = nca.seed(1, ${height}, ${width})
        for _ in range(200):
            x = nca(x)
    rgba = x[:, :4]  # [N, 4, H, W], RGB ${spec.premultiplied ? "premultiplied by alpha" : "straight"}
"""
import json
import struct

import torch
import torch.nn.functional as F
`;
}

function constants({ spec, grid }: Rule): string {
  const { channels, hidden, fireRate, aliveMask, aliveChannel, aliveThreshold, inputs } = spec;
  const lives = `ALIVE_CHANNEL, ALIVE_THRESHOLD = ${aliveChannel}, ${pythonNumber(aliveThreshold)}\n`;
  const held = `INPUTS = [${inputs.join(", ")}]  # channels that neither updates nor death change\n`;
  return `# As files of this rule's weights say it.
SPEC = ${pythonDict(specData(spec))}
FORMAT = "${FORMAT}"
${grid ? `# What it was trained to grow on; seeds are right of the centre and down from it.\nGRID = ${gridText(grid)}\n` : ""}
CHANNELS, HIDDEN = ${channels}, ${hidden}
FIRE_RATE = ${fireRate}
${aliveMask === "none" ? "" : lives}${inputs.length === 0 ? "" : held}# 3x3, each applied to every channel
FILTERS = [
${filterLines(spec).join("\n")}
]

`;
}

function filterLines({ perception, angle }: RuleSpec): string[] {
  const names = FILTER_NAMES[perception];
  const isTurned = angle !== 0 && perception !== "neighbourhood";
  return filtersOf(perception, angle).map((filter, k) => {
    const row = (y: number) => `[${[...filter.subarray(3 * y, 3 * y + 3)].map(pythonNumber).join(", ")}]`;
    const turned = isTurned && (k === 1 || k === 2) ? `, turned by ${angle}` : "";
    return `    [${[0, 1, 2].map(row).join(", ")}],  # ${names[k]}${turned}`;
  });
}

function initializer({ inputs }: RuleSpec): string {
  const held = `
        is_input = torch.zeros(1, CHANNELS, 1, 1, dtype=torch.bool)
        is_input[:, INPUTS] = True
        self.register_buffer("is_input", is_input, persistent=False)`;
  return `class NCA(torch.nn.Module):
    """Cells that sense their 3x3 neighbourhood and update themselves by two dense layers, the same in every cell."""

    def __init__(self):
        """An untrained rule, which changes nothing: see from_safetensors."""
        super().__init__()
        self.hidden = torch.nn.Conv2d(len(FILTERS) * CHANNELS, HIDDEN, 1)
        self.update = torch.nn.Conv2d(HIDDEN, CHANNELS, 1)
        for zeros in (self.hidden.bias, self.update.weight, self.update.bias):
            torch.nn.init.zeros_(zeros)
        filters = torch.tensor(FILTERS, dtype=torch.float32).unsqueeze(1)
        self.register_buffer("filters", filters, persistent=False)${inputs.length === 0 ? "" : held}
`;
}

/** Around a tensor of Python's: a rim of one cell from the opposite edges, or of zeros. */
const RIMS = {
  torus: (tensor: string) => `F.pad(${tensor}, (1, 1, 1, 1), mode="circular")`,
  zero: (tensor: string) => `F.pad(${tensor}, (1, 1, 1, 1))`,
} as const;

function perception({ boundary }: RuleSpec): string {
  const beyond = boundary === "torus" ? "the opposite edge" : "zeros";
  return `    def perceive(self, x):
        """Every filter on every channel, filter after filter: [N, K * C, H, W]. Beyond an edge: ${beyond}."""
        n, c, h, w = x.shape
        each = ${RIMS[boundary]("x")}.reshape(n * c, 1, h + 2, w + 2)
        sensed = F.conv2d(each, self.filters)  # [N * C, K, H, W]
        return sensed.reshape(n, c, -1, h, w).transpose(1, 2).reshape(n, -1, h, w)
`;
}

function alive({ aliveReach, boundary }: RuleSpec): string {
  const most = {
    zero: "F.max_pool2d(numbers, 3, stride=1, padding=1)",
    torus: `F.max_pool2d(${RIMS.torus("numbers")}, 3, stride=1)`,
  }[boundary];
  const isCell = aliveReach === "cell";
  return `    def alive(self, x):
        """Whether a cell${isCell ? "" : ", or one of its 3x3 neighbourhood,"} is above the threshold: [N, 1, H, W]."""
        numbers = x[:, ALIVE_CHANNEL : ALIVE_CHANNEL + 1]
        return ${isCell ? "numbers" : most} > ALIVE_THRESHOLD
`;
}

/** x' = (x + coins * dx) * life, where inputs neither change nor die. */
function forward({ aliveMask, inputs }: RuleSpec): string {
  const hasInputs = inputs.length > 0;
  const life = aliveMask === "pre" ? "alive" : "alive & self.alive(x)";
  const kept = hasInputs ? `${aliveMask === "pre" ? life : `(${life})`} | self.is_input` : life;
  const lives = `
        return x * (${kept})`;
  return `    def forward(self, x, coins=None):
        """One CA step of x [N, C, H, W]; coins [N, 1, H, W] are 1 where a cell fires, and tossed if not given."""
        if coins is None:
            coins = (torch.rand_like(x[:, :1]) < FIRE_RATE).to(x.dtype)
${aliveMask === "none" ? "" : "        alive = self.alive(x)\n"}        dx = self.update(torch.relu(self.hidden(self.perceive(x))))
        x = x + dx * coins${hasInputs ? " * ~self.is_input" : ""}${aliveMask === "none" ? "\n        return x" : lives}
`;
}

/** As `seedCells` places them. */
function seed({ grid }: Rule): string {
  const isAnywhere = grid !== undefined && !isCentre(grid.seeds);
  return `    def seed(self, count, height, width):
        """Grids that are empty but for ${isAnywhere ? "the seeds: their" : "the cell in the middle: its"} alpha and hidden channels are 1."""
        x = self.filters.new_zeros(count, CHANNELS, height, width)
${
  isAnywhere
    ? `        for i, (right, down) in enumerate(GRID["seeds"]):
            row, column = height // 2 + down, width // 2 + right
            if not (0 <= row < height and 0 <= column < width):
                raise ValueError(f"a seed is at {row}, {column}, beyond a grid of {height} x {width}")
            x[:, 3:, row, column] = 1
            if i > 0 and CHANNELS > 4:
                x[:, 4 + (i - 1) % (CHANNELS - 4), row, column] = -1  # so that they can be told apart`
    : "        x[:, 3:, height // 2, width // 2] = 1"
}
        return x
`;
}
