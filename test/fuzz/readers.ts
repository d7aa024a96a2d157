// Every reader of what comes from outside, with good examples to start from.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync, deflateSync, inflateRawSync } from "node:zlib";
import { cellsOf } from "../../lib/cells/cells.js";
import { encodeRule } from "../../lib/io/checkpoint.js";
import { decodeDistill, encodeDistill } from "../../lib/io/distill/distill.js";
import { chooseModel } from "../../lib/io/layers/choose.js";
import type { Tensors } from "../../lib/io/layers/matrices.js";
import { weightsOf } from "../../lib/io/layers/weights.js";
import { decodeModel, readModel } from "../../lib/io/model.js";
import { onnxTensors } from "../../lib/io/onnx/onnx.js";
import { checkedPicture } from "../../lib/io/picture/decode.js";
import { drawableSvg } from "../../lib/io/picture/svg.js";
import type { ReadOptions } from "../../lib/io/reading/reading.js";
import { decodeSafetensors, encodeSafetensors } from "../../lib/io/safetensors/safetensors.js";
import { targetFromPng } from "../../lib/io/target.js";
import { jsonOf, tfjsTensors } from "../../lib/io/tfjs/tfjs.js";
import { unpickle } from "../../lib/io/torch/pickle.js";
import { encodeStateDict } from "../../lib/io/torch/state-dict.js";
import { decodeTorch } from "../../lib/io/torch/torch.js";
import { TORCH_HOST } from "../../lib/io/torch/torch-tensor.js";
import { decodeLink, encodeLink } from "../../lib/page/keep/link.js";
import { createRule } from "../../lib/rule/rule.js";
import { growth } from "../../lib/train/growth.js";
import { resumeTraining, saveTraining } from "../../lib/train/resume.js";
import { Trainer } from "../../lib/train/trainer.js";
import { parse } from "../../scripts/shared/command.js";
import { commandOf, flagsOf, valuesOf } from "../../scripts/shared/recipe.js";
import { newRule, optionsOf, trainFlags } from "../../scripts/shared/train-flags.js";
import { checkTogether } from "../../scripts/train/together.js";
import { pictures as allPictures } from "../io/make-pictures.js";
import { makePng } from "../io/make-png.js";
import * as W from "../io/make-weights.js";
import {
  badTfjs,
  checkpoints,
  legacyLearned,
  legacySobel,
  onnx,
  pickles,
  references,
  small,
  sobel,
  tfjs,
  withKernels,
} from "./weights.js";

/** What is fuzzed: it takes the bytes, or throws an error of ours. */
export interface Reader {
  readonly seeds: readonly Uint8Array[];
  /** Examples to start from as well, which it refuses. */
  readonly bad?: readonly Uint8Array[];
  /** Puts checksums right, so that a change gets past them; half of the cases go through it. */
  repair?(bytes: Uint8Array): Uint8Array;
  read(bytes: Uint8Array): unknown;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const withNotes = { command: "npm run train", trainingStep: "8" };

function pictures(): Uint8Array[] {
  const row = (bytes: number) => [0, ...Array.from({ length: bytes }, (_, i) => (37 * i) & 0xff)];
  const rows = (count: number, bytes: number) => Array.from({ length: count }, () => row(bytes)).flat();
  const sized = { width: 5, height: 4 };
  return [
    makePng({ ...sized, depth: 8, colourType: 6, rows: rows(4, 20) }),
    makePng({ ...sized, depth: 16, colourType: 2, rows: rows(4, 30), extra: [["tRNS", [0, 1, 0, 2, 0, 3]]] }),
    makePng({ ...sized, depth: 8, colourType: 4, rows: rows(4, 10) }),
    makePng({ ...sized, depth: 1, colourType: 0, rows: rows(4, 1) }),
    makePng({ width: 1, height: 1, depth: 8, colourType: 6, rows: row(4), interlace: 1 }),
    makePng({
      width: 2,
      height: 2,
      depth: 4,
      colourType: 0,
      rows: [...row(1), ...row(1), ...row(1)],
      interlace: 1,
    }),
    makePng({
      ...sized,
      depth: 8,
      colourType: 3,
      rows: [],
      data: deflateSync(Uint8Array.from(Array.from({ length: 4 }, () => [0, 0, 1, 1, 0, 1]).flat())),
      extra: [
        ["PLTE", [255, 0, 0, 0, 255, 0]],
        ["tRNS", [9]],
        ["gAMA", [0, 0, 0, 1]],
      ],
    }),
  ];
}

/** The checksum of every chunk that is there in full. */
function repairPicture(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    view.setUint32(end - 4, crc32(bytes.subarray(at + 4, end - 4)));
    at = end;
  }
  return bytes;
}

const original = createRule({
  channels: 4,
  hidden: 2,
  perception: "neighbourhood",
  aliveMask: "pre",
  rngSeed: 1,
});
const rules = [encodeRule(small, withNotes), encodeStateDict(original)];
const others = encodeSafetensors(
  { a: { shape: [2, 3], data: new Float32Array(6) }, b: { shape: [], data: new Uint32Array(1) } },
  {},
);
const json = [encodeDistill(createRule({ channels: 4, hidden: 2, rngSeed: 1 })).bytes];

/** What is checked of a picture before Skia decodes it, in a process of its own. */
const { png: _png, svg, ...otherPictures } = allPictures();
const drawings = [
  svg,
  bytesOf(
    '<?xml version="1.0"?><!-- a --><!DOCTYPE svg><svg width="2cm" height="1e2px"><a href="b"><use href="#c"/></a></svg>',
  ),
];

/** Decides how the layers lie, so that nothing is grown. */
const GIVEN: ReadOptions = { features: "filter-major", sobelScale: 1, gradients: "xy", say: () => {} };

/** All of the numbers that a rule is made of. */
function weightsIn(tensors: Tensors): void {
  weightsOf(chooseModel(tensors, "a file"), "a file");
}

const drawing = { size: 8, data: new Uint8ClampedArray(8 * 8 * 4) };
const links = [
  encodeLink({ offer: "bird", variant: "bird-to-lizard", rngSeed: 7, side: 128, turn: 1 }),
  encodeLink({ own: { name: "x", rule: small, drawing, side: 12, isInfection: true }, rngSeed: 0 }),
].map(bytesOf);

/** Command lines, a word a line. */
const COMMANDS = [
  "--target a.png --out b.safetensors --regime regenerating --steps 80 --damage circles-and-halves --wound-below=-2.8",
  "--target a.png --out b.safetensors --from c.pt --decay 2000:0.1,7000:.5 --rollout 64:95 --rng-seed 1",
  "--host h.safetensors --via i.safetensors --target a.png --out b.safetensors --spread 0.5 --pool 64 --batch 8",
  "--target a.png --out b.safetensors --perception laplacian --hidden 16 --alive-mask none --size 40 --padding 16",
].map((line) => bytesOf(line.replaceAll(" ", "\n")));

function readCommand(bytes: Uint8Array): void {
  const args = new TextDecoder().decode(bytes).split("\n");
  const { values } = parse(trainFlags, args);
  checkTogether(values);
  optionsOf(values);
  newRule(values);
  assert.deepEqual(flagsOf(valuesOf(commandOf(values))), flagsOf(values));
}

const folder = mkdtempSync(join(tmpdir(), "nca-fuzz-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
const target = cellsOf(new Float32Array(4 * 6 * 4).fill(0.5), { height: 4, width: 6 });
const task = growth(target, small);
const recipe = { batch: 2, poolSize: 2, rollout: [2, 3] as [number, number], steps: 9 };

async function training(): Promise<Reader> {
  const path = join(folder, "state.training");
  const trainer = new Trainer(small, task, recipe);
  await saveTraining(trainer, path);
  return {
    seeds: [new Uint8Array(readFileSync(path))],
    read(bytes) {
      writeFileSync(path, bytes);
      return resumeTraining(path, small, task, recipe);
    },
  };
}

export async function readers(): Promise<Record<string, Reader>> {
  return {
    picture: {
      seeds: pictures(),
      repair: repairPicture,
      read: (bytes) => targetFromPng(bytes, { size: 8, padding: 2 }),
    },
    otherPicture: {
      seeds: Object.values(otherPictures),
      read: (bytes) => checkedPicture(bytes, 64, "a file"),
    },
    svg: { seeds: drawings, read: (bytes) => drawableSvg(bytes, 64, "a file") },
    safetensors: { seeds: [...rules, others], read: (bytes) => decodeSafetensors(bytes, "a file") },
    pickle: { seeds: [...pickles, ...references], read: (bytes) => unpickle(bytes, TORCH_HOST, "a file") },
    torch: { seeds: checkpoints, read: (bytes) => decodeTorch(bytes) },
    distill: { seeds: json, read: (bytes) => decodeDistill(bytes) },
    legacy: { seeds: [legacySobel], read: (bytes) => readModel(bytes, "a file", GIVEN) },
    onnx: { seeds: onnx, read: (bytes) => weightsIn(onnxTensors(bytes, "a file")) },
    tfjs: {
      seeds: tfjs,
      bad: badTfjs,
      read: (bytes) => weightsIn(tfjsTensors(jsonOf(bytes, "a file"), "a file")),
    },
    others: {
      seeds: [
        W.torchOf(sobel),
        encodeSafetensors(sobel),
        W.torchOf(withKernels),
        legacySobel,
        ...onnx,
        ...tfjs,
      ],
      bad: badTfjs,
      read: (bytes) => readModel(bytes, "a file", GIVEN),
    },
    model: { seeds: [...rules, ...checkpoints, legacyLearned, ...json], read: (bytes) => decodeModel(bytes) },
    link: { seeds: links, read: (bytes) => decodeLink(new TextDecoder().decode(bytes)) },
    "link's bytes": {
      seeds: links.map((link) =>
        inflateRawSync(Buffer.from(new TextDecoder().decode(link).slice(1), "base64url")),
      ),
      read: (bytes) => decodeLink(`1${deflateRawSync(bytes).toString("base64url")}`),
    },
    training: await training(),
    command: { seeds: COMMANDS, read: readCommand },
  };
}
