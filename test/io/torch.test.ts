import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { zipSync } from "fflate";
import { FileError } from "../../lib/cells/errors.js";
import { isLegacy } from "../../lib/io/torch/legacy.js";
import { decodeTorch, pickleTensors } from "../../lib/io/torch/torch.js";
import { counted } from "./counted.js";
import * as P from "./make-torch.js";
import { legacyOf } from "./make-weights.js";

const FIXTURE = readFileSync(new URL("../../../test/io/fixtures/counted.pt", import.meta.url));

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(
    () => decodeTorch(bytes, "m.pt"),
    (error: Error) => {
      assert(error instanceof FileError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /^m\.pt[ :][^\n]+\.$/);
      assert(error.message.length < 300, error.message);
      return true;
    },
  );
}

const refusesPickle = (pickle: P.Pickle, message: RegExp) => refuses(P.torchFile(P.whole(pickle)), message);

test("a file that PyTorch wrote is the original's rule, each weight in its place", () => {
  assert.deepEqual(decodeTorch(FIXTURE), counted(4, 3));
});

test("a file made by hand is read as well", () => {
  const { spec, parameters } = decodeTorch(P.torchFile(P.whole(P.stateDict())));
  assert.deepEqual([spec.channels, spec.hidden], [4, 2]);
  // the place above left of channel 1 to hidden unit 1 is number [1, 1, 0, 0] of [2, 4, 3, 3]
  assert.equal(parameters.w1[(0 * 4 + 1) * 2 + 1], (1 * 36 + 1 * 9) / 8);
  // the place below right of channel 2 to hidden unit 0
  assert.equal(parameters.w1[(8 * 4 + 2) * 2 + 0], (2 * 9 + 8) / 8);
  // hidden unit 1 to channel 3 is number [3, 1] of [4, 2]
  assert.equal(parameters.w2[1 * 4 + 3], (3 * 2 + 1) / 8);
});

test("strides and offsets are followed", () => {
  const straight = decodeTorch(P.torchFile(P.whole(P.stateDict()))).parameters;
  const turned = Float32Array.from({ length: 12 }, (_, i) =>
    i < 4 ? 99 : ((i - 4) % 4) * 2 + Math.floor((i - 4) / 4),
  ); // [2, 4]
  const data = { ...P.storages(), "2": new Uint8Array(turned.map((x, i) => (i < 4 ? x : x / 8)).buffer) };
  const pickle = P.stateDict({ "model.2.weight": { stride: [1, 4, 7, 7], offset: 4, count: 12 } });
  assert.deepEqual(decodeTorch(P.torchFile(P.whole(pickle), data)).parameters, straight);
  const repeated = P.stateDict({ "model.0.bias": { stride: [0], offset: 1 } });
  assert.deepEqual(decodeTorch(P.torchFile(P.whole(repeated))).parameters.b1, Float32Array.of(1 / 8, 1 / 8));
});

test("16 and 64 bits are read as float32", () => {
  const halves = Uint16Array.of(0x3c00, 0xbc00, 0x0001, 0x7bff); // 1, -1, 2^-24, 65504
  const bfloats = Uint16Array.of(0x3f80, 0xbf80, 0x0080, 0xc049);
  const doubles = Float64Array.of(0.1, -0.2, 1e-300, 3e38);
  const kinds: [string, ArrayLike<number> & { buffer: ArrayBufferLike }, number[]][] = [
    ["HalfStorage", halves, [1, -1, 2 ** -24, 65504]],
    ["BFloat16Storage", bfloats, [1, -1, 2 ** -126, -3.140625]],
    ["DoubleStorage", doubles, [0.1, -0.2, 0, 3e38].map(Math.fround)],
  ];
  for (const [kind, data, expected] of kinds) {
    const pickle = P.whole(P.stateDict({ "model.2.bias": { kind } }));
    const file = P.torchFile(pickle, { ...P.storages(), "3": new Uint8Array(data.buffer) });
    assert.deepEqual([...decodeTorch(file).parameters.b2], expected, kind);
  }
});

test("a model in dicts within dicts is found; what else they hold does not matter", () => {
  const more: [P.Pickle, P.Pickle][] = [
    [P.text("epoch"), P.int(3)],
    [P.int(0), P.tensor({ shape: [1], count: 1, key: "gone", kind: "LongStorage" })],
    [P.text("0.weight"), P.tensor({ shape: [1], count: 1, key: "gone" })],
    [P.text("ema"), P.stateDict()],
  ];
  const once = P.dict([P.text("training"), P.dict(...more)]);
  assert.equal(decodeTorch(P.torchFile(P.whole(once))).spec.hidden, 2);
  refusesPickle(
    P.dict(...more, [P.text("model"), P.stateDict()]),
    /several models: it has "ema", "model"; say which/,
  );
});

const TOO_DEEP = Array.from({ length: 20 }).reduce<P.Pickle>(
  (inner) => P.dict([P.text("a"), inner]),
  P.stateDict(),
);
const OTHER = P.dict([P.text("fc0.weight"), P.tensor({ shape: [1], count: 1 })]);
const WRONG: [string, P.Pickle, RegExp][] = [
  ["no dict", P.int(1), /no model of two layers: it has no tensors; expected \[hidden/],
  ["a model of other layers", OTHER, /no model of two layers: it has "fc0\.weight" \[1\]; expected/],
  ["a model too deep", TOO_DEEP, /no model of two layers/],
  [
    "a name of a megabyte",
    P.dict([P.text(`${"1".repeat(1e6)}.weight`), P.tensor({ shape: [1], count: 1 })]),
    /it has "1{60}\.\.\."/,
  ],
  [
    "a kernel of 5x5",
    P.stateDict({ "model.0.weight": { shape: [2, 4, 5, 5] } }),
    /it has "model\.0\.weight" \[2,4,5,5\], .*; expected \[hidden/,
  ],
  [
    "a bias of another length",
    P.stateDict({ "model.0.bias": { shape: [3] } }),
    /model\.0\.bias is \[3\], expected \[2\]/,
  ],
  [
    "layers that do not meet",
    P.stateDict({ "model.2.weight": { shape: [4, 3, 1, 1] } }),
    /no model of two layers: .* "model\.2\.weight" \[4,3,1,1\]/,
  ],
  [
    "3 channels",
    P.stateDict({ "model.0.weight": { shape: [2, 3, 3, 3] }, "model.2.weight": { shape: [3, 2, 1, 1] } }),
    /3 channels .*; expected 4 to 32 channels/,
  ],
  [
    "a billion hidden units",
    P.stateDict({ "model.0.weight": { shape: [1e9, 4, 3, 3] }, "model.2.weight": { shape: [4, 1e9, 1, 1] } }),
    /1000000000 hidden units .*; expected .* 1 to 4096/,
  ],
  [
    "no hidden unit",
    P.stateDict({ "model.0.weight": { shape: [0, 4, 3, 3] } }),
    /"model\.0\.weight" \[0,4,3,3\]/,
  ],
  ["a number for a tensor", P.stateDict({ "model.0.weight": { shape: [] } }), /"model\.0\.weight" \[\]/],
  [
    "a shape of many sides",
    P.stateDict({ "model.0.weight": { shape: [2, 4, ...Array(998).fill(1)] } }),
    /\[2,4,1,1,1,1,1,1\], /,
  ],
  [
    "a view past its storage",
    P.stateDict({ "model.0.bias": { offset: 1 } }),
    /model\.0\.bias reaches number 2 of its storage, which holds 2/,
  ],
  [
    "a stride past its storage",
    P.stateDict({ "model.2.bias": { stride: [2 ** 31 - 1] } }),
    /reaches number 6442450941/,
  ],
  [
    "a storage that is larger in the pickle",
    P.stateDict({ "model.0.bias": { count: 2 ** 31 - 1 } }),
    /needs a storage of 8589934588 bytes, got 8/,
  ],
  [
    "a storage that is smaller in the pickle",
    P.stateDict({ "model.0.bias": { count: 1 } }),
    /needs a storage of 4 bytes, got 8/,
  ],
  ["a storage that is not there", P.stateDict({ "model.0.bias": { key: "9" } }), /no file archive\/data\/9/],
  [
    "a storage outside",
    P.stateDict({ "model.0.bias": { key: "../../../etc/passwd" } }),
    /no file archive\/data\/\.\.\/\.\.\//,
  ],
  [
    "integers",
    P.stateDict({ "model.0.bias": { kind: "IntStorage" } }),
    /kind IntStorage, expected numbers with a fraction/,
  ],
];
for (const [name, pickle, message] of WRONG) test(`refuses ${name}`, () => refusesPickle(pickle, message));

test("refuses numbers that are not finite", () => {
  const data = { ...P.storages(), "3": new Uint8Array(Float32Array.of(0, Number.NaN, 0, 0).buffer) };
  refuses(P.torchFile(P.whole(P.stateDict()), data), /model\.2\.bias holds a number that is not finite/);
});

test("a dict that holds itself, a thousand times, is looked through once", () => {
  const many = Array.from({ length: 1000 }, (_, i) => [...P.int(i), 0x68, 0]).flat();
  refusesPickle([0x7d, 0x71, 0, ...P.MARK, ...many, 0x75], /no tensors/);
});

test("refuses other zips", () => {
  const pickle = P.whole(P.stateDict());
  refuses(zipSync({ "weights.npy": pickle }), /a zip with 0 files named data\.pkl/);
  refuses(zipSync({ "a/data.pkl": pickle, "b/data.pkl": pickle }), /a zip with 2 files named data\.pkl/);
  refuses(P.torchFile(pickle, P.storages(), { level: 6 }), /compressed inside, which torch\.save never does/);
  const more = { "archive/byteorder": new TextEncoder().encode("big") };
  refuses(P.torchFile(pickle, P.storages(), { more }), /big-endian/);
});

test("a zip bomb is refused before it goes off", () => {
  const bomb = zipSync({ "archive/data.pkl": new Uint8Array(4e7) }, { level: 9 });
  assert(bomb.length < 1e5);
  const before = process.memoryUsage().arrayBuffers;
  refuses(bomb, /compressed inside/);
  assert(process.memoryUsage().arrayBuffers - before < 1e6);
});

/** Changes a number of every entry in a zip's directory: at is its place in the entry. */
function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (let i = 0; i + 46 < copy.length; i++)
    if (view.getUint32(i, true) === 0x02014b50) view.setUint32(i + at, value, true);
  return copy;
}

test("a zip whose directory lies is refused", () => {
  const file = P.torchFile(P.whole(P.stateDict()));
  refuses(changed(file, 20, 2 ** 31), /do not fit into \d+ bytes/); // bytes of each file in the zip
  refuses(changed(file, 24, 2 ** 31), /compressed inside/); // and once inflated
  refuses(changed(file, 42, 2 ** 31), /./); // where each starts
  const twice = zipSync(
    { "archive/data.pkl": P.whole([0x4e]), "brchive/data.pkl": P.whole([0x4e]) },
    { level: 0 },
  );
  const text = Buffer.from(twice).toString("latin1").replaceAll("brchive", "archive");
  refuses(Buffer.from(text, "latin1"), /holds archive\/data\.pkl twice/);
  const million = file.slice(); // a directory of 65,535 entries, in a file of 2 kB
  new DataView(million.buffer).setUint16(million.length - 22 + 10, 65_535, true);
  new DataView(million.buffer).setUint16(million.length - 22 + 8, 65_535, true);
  refuses(million, /./);
});

test("files that lie over each other in the zip are no more than the file holds", () => {
  const file = P.torchFile(P.whole(P.stateDict()));
  const { parameters } = decodeTorch(changed(file, 42, 0)); // all of them begin where the pickle does
  const pickle = P.whole(P.stateDict());
  assert.deepEqual(parameters.b1, new Float32Array(pickle.slice(0, 8).buffer));
});

test("refuses a pickle that is larger than any training's", () => {
  const data = new Uint8Array(2 ** 22 + 1);
  refuses(P.torchFile(data), /lists its contents in \d+ bytes, expected at most 4194304/);
});

test("a file cut at any length is refused; one with any byte changed is read or refused", () => {
  for (let length = 0; length < FIXTURE.length; length++) refuses(FIXTURE.subarray(0, length), /./);
  for (let at = 0; at < FIXTURE.length; at++) {
    for (const byte of [0, 0xff, FIXTURE[at] ^ 1]) {
      const copy = Uint8Array.from(FIXTURE);
      copy[at] = byte;
      try {
        decodeTorch(copy);
      } catch (error) {
        assert(error instanceof FileError, `byte ${at}: ${(error as Error).stack}`);
      }
    }
  }
});

/** A kind of numpy's, as numpy pickles it. */
const kind = (name: string): P.Pickle => [
  ...P.call(P.global("numpy", "dtype"), P.text(name), [0x89], [0x88]),
  ...P.tuple(P.int(3), P.text("<"), [0x4e], [0x4e], [0x4e], P.int(-1), P.int(-1), P.int(0)),
  0x62,
];
const bytesOf = (bytes: Uint8Array): P.Pickle => [0x42, bytes.length, 0, 0, 0, ...bytes];
const array = (shape: number[], name: string, bytes: Uint8Array, isFortran = false): P.Pickle => [
  ...P.call(
    P.global("numpy.core.multiarray", "_reconstruct"),
    P.global("numpy", "ndarray"),
    P.tuple(P.int(0)),
    bytesOf(Uint8Array.of(98)),
  ),
  ...P.tuple(P.int(1), P.tuple(...shape.map(P.int)), kind(name), [isFortran ? 0x88 : 0x89], bytesOf(bytes)),
  0x62,
];

test("numpy's arrays are read in both orders, and those of integers refused by name", () => {
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  const turned = data.map((_, i) => (i % 2) * 12 + Math.floor(i / 2)); // [2, 12] column by column
  const bytes = (numbers: Float32Array): Uint8Array => new Uint8Array(numbers.slice().buffer);
  const read = (value: P.Pickle) =>
    pickleTensors(P.whole(P.dict([P.text("fc0.weight"), value])), "m.pkl").get("fc0.weight");
  const plain = read(array([2, 12], "f4", bytes(data)));
  const fortran = read(array([2, 12], "f4", bytes(turned), true));
  assert.deepEqual([plain?.shape, plain?.numbers()], [[2, 12], data]);
  assert.deepEqual([fortran?.shape, fortran?.numbers()], [[2, 12], data]);
  const frombuffer = P.call(
    P.global("numpy._core.numeric", "_frombuffer"),
    bytesOf(bytes(turned)),
    kind("f4"),
    P.tuple(P.int(2), P.int(12)),
    P.text("F"),
  );
  assert.deepEqual(read(frombuffer)?.numbers(), data, "protocol 5");
  const cube = Float32Array.of(0, 4, 2, 6, 1, 5, 3, 7); // numpy.arange(8).reshape(2, 2, 2), its first side fastest
  assert.deepEqual(read(array([2, 2, 2], "f4", bytes(cube), true))?.numbers(), data.slice(0, 8));
  assert.throws(() => read(array([2, 12], "i4", bytes(data)))?.numbers(), {
    name: "FileError",
    message: /^m\.pkl: fc0\.weight is of numpy's kind i4, expected/,
  });
});

test("plain values of Python, torch and numpy may lie beside the model", () => {
  const half = new Uint8Array(Float64Array.of(0.5).buffer);
  const values: [string, P.Pickle][] = [
    ["device", P.call(P.global("torch", "device"), P.text("cuda"), P.int(0))],
    ["size", P.call(P.global("torch", "Size"), P.list(P.int(3)))],
    ["loss", P.call(P.global("numpy._core.multiarray", "scalar"), kind("f8"), bytesOf(half))],
    ["old", P.call(P.global("_codecs", "encode"), P.text("a\u00ff"), P.text("latin1"))],
    ["curve", array([1], "f8", half)],
    ["milestones", P.call(P.global("collections", "Counter"), P.dict([P.int(2000), P.int(1)]))],
    ["state", P.call(P.global("collections", "defaultdict"), P.global("builtins", "dict"))],
  ];
  const entries = values.map(([name, value]): [P.Pickle, P.Pickle] => [P.text(name), value]);
  const pickle = P.dict([P.text("model"), P.stateDict()], ...entries);
  assert.equal(decodeTorch(P.torchFile(P.whole(pickle))).spec.hidden, 2);
  const others: [P.Pickle, RegExp][] = [
    [P.global("argparse", "Namespace"), /asks for argparse\.Namespace/],
    [P.call(P.global("numpy", "dtype"), P.text("O8"), [0x89], [0x88]), /a call of numpy\.dtype/],
    [P.call(P.global("_codecs", "encode"), P.text("a"), P.text("rot13")), /a call of _codecs\.encode/],
    [array([9], "f8", half), /attributes/],
    [P.call(P.global("builtins", "dict")), /a call of builtins\.dict/],
  ];
  for (const [value, message] of others) refusesPickle(P.dict([P.text("a"), value]), message);
});

test("what torch.save wrote before 1.6 is read, and refused where it is cut short", () => {
  const whole = legacyOf(P.stateDict(), P.storages());
  assert.deepEqual(decodeTorch(whole), decodeTorch(P.torchFile(P.whole(P.stateDict()))));
  for (const length of [60, 400, whole.length - 1])
    refuses(whole.subarray(0, length), /cut short|without an end/);
  refuses(legacyOf(P.stateDict(), { other: new Uint8Array(4) }), /a storage that its value does not name/);
  refuses(legacyOf(P.stateDict({ "model.0.bias": { key: "x" } }), P.storages()), /does not name/);
});

test("the old form is known by its magic number, framed or not, and no pickle is run to find out", () => {
  const whole = legacyOf(P.stateDict(), P.storages());
  const framed = Uint8Array.from([0x80, 4, 0x95, 13, 0, 0, 0, 0, 0, 0, 0, ...whole.subarray(2)]);
  assert.deepEqual([isLegacy(whole), isLegacy(framed)], [true, true]);
  for (let at = 2; at < 14; at++) {
    const other = whole.slice();
    other[at] ^= 1;
    assert.equal(isLegacy(other), false, `byte ${at}`);
  }
});
