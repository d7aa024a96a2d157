// A texture's rule as one WGSL shader that runs elsewhere: in a game, a shader toy, a page of one's own. Weights are bytes in it.
// Source: Mordvintsev and Niklasson 2021, "µNCA: Texture Generation with Ultra-Compact Neural Cellular Automata".

import { ALPHA } from "../cells/cells.js";
import { InvalidInputError } from "../cells/errors.js";
import { fireThreshold } from "../cells/random.js";
import { filtersOf } from "../rule/filters.js";
import { PARAMETERS, type Parameters, parameterCount, type Rule } from "../rule/rule.js";
import { isTexture } from "./texture.js";

/** The largest number that a weight's byte holds. */
const MOST = 127;

/** The weights as whole numbers from -127 to 127, and what each kind is multiplied by. */
function bytesOf({ parameters }: Rule) {
  const scales = PARAMETERS.map((name) => {
    const most = parameters[name].reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0);
    return Math.fround(most / MOST);
  });
  const bytes = PARAMETERS.map((name, i) =>
    Int8Array.from(parameters[name], (weight) => (scales[i] > 0 ? Math.round(weight / scales[i]) : 0)),
  );
  return { scales, bytes };
}

/** The rule whose weights are rounded to a byte each, as `encodeWgsl` writes them. */
export function inBytes(rule: Rule): Rule {
  const { scales, bytes } = bytesOf(rule);
  const rounded = PARAMETERS.map((name, i) => [
    name,
    Float32Array.from(bytes[i], (byte) => byte * scales[i]),
  ]);
  return { ...rule, parameters: Object.fromEntries(rounded) as Parameters };
}

/** Bytes of the weights in the shader: one each, and four scales. */
export function wgslBytes(rule: Rule): number {
  return parameterCount(rule.spec) + 4 * PARAMETERS.length;
}

/**
 * The shader: one CA step on a torus in which all cells live. Its cells are [height, width, C], float32. Coins are this
 * project's, so that the same step of the same cloth is the same everywhere, up to rounding. Throws InvalidInputError for
 * a rule whose cells can die, or on a grid with edges.
 */
export function encodeWgsl(rule: Rule): string {
  const { spec } = rule;
  if (!isTexture(spec))
    throw new InvalidInputError(
      "This rule is no texture's; a shader is written for rules of TEXTURE_SPEC, whose cells all live on a torus.",
    );
  const { scales, bytes } = bytesOf(rule);
  const all = Int8Array.from(bytes.flatMap((some) => [...some]));
  const words = new Uint32Array(Math.ceil(all.length / 4));
  all.forEach((byte, i) => {
    words[i >> 2] |= (byte & 255) << (8 * (i & 3));
  });
  const filters = filtersOf(spec.perception, spec.angle).flatMap((filter) => [...filter]);
  const { channels: C, hidden: D } = spec;
  const starts = bytes.map((_, i) => bytes.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  return `// A texture that weaves itself: ${all.length} weights in ${wgslBytes(rule)} bytes. One dispatch is one step of every cell.
// Start with 0, but 1 in channel ${ALPHA} of each cell; dispatch (width / 8, height / 8) with step 0, 1, 2 ..., exchanging
// cells and next. Channels 0 to 2 are red, green and blue.
const C = ${C}u;
const D = ${D}u;
const K = ${filters.length / 9}u;
var<private> FILTERS = array<f32, ${filters.length}>(${filters.join(", ")});
var<private> WEIGHTS = array<u32, ${words.length}>(${[...words].map((word) => `0x${word.toString(16)}u`).join(", ")});

struct Run { width: u32, height: u32, step: u32 }
@group(0) @binding(0) var<storage, read> cells: array<f32>;
@group(0) @binding(1) var<storage, read_write> next: array<f32>;
@group(0) @binding(2) var<uniform> run: Run;

fn weight(first: u32, i: u32, scale: f32) -> f32 {
  let at = first + i;
  return scale * f32(extractBits(bitcast<i32>(WEIGHTS[at / 4u]), 8u * (at % 4u), 8u));
}

fn mix32(number: u32) -> u32 {
  var x = (number ^ (number >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}

fn join(a: u32, b: u32) -> u32 { return mix32(a ^ mix32(b + 0x9e3779b9u)); }

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= run.width || id.y >= run.height) { return; }
  let cell = id.y * run.width + id.x;
  for (var c = 0u; c < C; c++) { next[cell * C + c] = cells[cell * C + c]; }
  let key = join(join(0u, 0u), run.step);
  if ((mix32(key ^ (cell * 0x9e3779b9u)) >> 8u) >= ${fireThreshold(spec.fireRate)}u) { return; }
  var sense: array<f32, ${C * (filters.length / 9)}>;
  for (var i = 0u; i < 9u; i++) {
    let x = (id.x + run.width + i % 3u - 1u) % run.width;
    let y = (id.y + run.height + i / 3u - 1u) % run.height;
    for (var k = 0u; k < K; k++) {
      for (var c = 0u; c < C; c++) {
        sense[k * C + c] += FILTERS[k * 9u + i] * cells[(y * run.width + x) * C + c];
      }
    }
  }
  for (var d = 0u; d < D; d++) {
    var unit = weight(${starts[1]}u, d, ${scales[1]});
    for (var p = 0u; p < K * C; p++) { unit += sense[p] * weight(${starts[0]}u, p * D + d, ${scales[0]}); }
    unit = max(unit, 0.0);
    for (var c = 0u; c < C; c++) {
      if (c != ${ALPHA}u) { next[cell * C + c] += unit * weight(${starts[2]}u, d * C + c, ${scales[2]}); }
    }
  }
  for (var c = 0u; c < C; c++) {
    if (c != ${ALPHA}u) { next[cell * C + c] += weight(${starts[3]}u, c, ${scales[3]}); }
  }
}
`;
}
