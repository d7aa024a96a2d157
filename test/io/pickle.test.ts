import assert from "node:assert/strict";
import test from "node:test";
import { FileError } from "../../lib/cells/errors.js";
import { unpickle } from "../../lib/io/torch/pickle.js";
import { TORCH_HOST } from "../../lib/io/torch/torch-tensor.js";
import * as P from "./make-torch.js";

const read = (bytes: Uint8Array) => unpickle(bytes, TORCH_HOST, "m.pt");
const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
const short = (value: string) => [0x8c, value.length, ...Buffer.from(value)];

/** Refused with the project's own error, in one line that names the file. */
function refuses(pickle: Uint8Array, message: RegExp): void {
  assert.throws(
    () => read(pickle),
    (error: Error) => {
      assert(error instanceof FileError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /^m\.pt cannot be read at byte \d+ of its pickle: [^\n]+\.$/);
      assert(error.message.length < 250, error.message);
      return true;
    },
  );
}

/** What the work takes of time and memory must be little. */
function inBounds(work: () => void): void {
  const before = process.memoryUsage();
  const started = performance.now();
  work();
  assert(performance.now() - started < 2000);
  const after = process.memoryUsage();
  assert(after.arrayBuffers - before.arrayBuffers < 1e6);
  assert(after.heapUsed - before.heapUsed < 1e8);
}

test("plain values of every protocol are read as Python wrote them", () => {
  // pickle.dumps([None, True, False, 1, 256, -5, 2**31, -2**40, 2**70, 0.1, "é", b"\x00\xff", (), (1,), {"a": [2]}], N)
  const tail = "4e88894b014d00014afbffffff8a0500000080008a06000000000";
  const value = [
    null,
    true,
    false,
    1,
    256,
    -5,
    2 ** 31,
    -(2 ** 40),
    2n ** 70n,
    0.1,
    "é",
    Uint8Array.of(0, 255),
  ];
  const expected = [...value, [], [1], new Map([["a", [2]]])];
  for (const protocol of ["03", "04", "05"]) {
    const late = protocol !== "03";
    const e = late ? "8c02c3a9" : "5802000000c3a9";
    const a = late ? "8c0161" : "580100000061";
    const put = (index: string) => (late ? "94" : `71${index}`);
    const items = `${tail}0ff8a09000000000000000040473fb999999999999a${e}${put("01")}430200ff${put("02")}294b0185${put("03")}`;
    const dict = `7d${put("04")}${a}${put("05")}5d${put("06")}4b026173652e`;
    assert.deepEqual(read(fromHex(`80${protocol}5d${put("00")}28${items}${dict}`)), expected);
  }
});

test("a value can be come back to, and hold itself", () => {
  // d = {}; d["me"] = d; l = [d, d]
  const pickle = [0x5d, ...P.MARK, 0x7d, 0x71, 0, ...P.text("me"), 0x68, 0, 0x73, 0x68, 0, 0x65];
  const [first, second] = read(P.whole(pickle)) as Map<string, unknown>[];
  assert.equal(first, second);
  assert.equal(first.get("me"), first);
});

test("tensors and parameters are the only objects", () => {
  const parameter = P.call(
    P.global("torch._utils", "_rebuild_parameter"),
    P.tensor({ shape: [2, 3], count: 6, key: "k" }),
    [0x88],
    P.call(P.global("collections", "OrderedDict")),
  );
  const read1 = read(P.whole(parameter)) as { shape: number[]; stride: number[]; storage: object };
  assert.deepEqual(
    [read1.shape, read1.stride],
    [
      [2, 3],
      [3, 1],
    ],
  );
  assert.deepEqual({ ...read1.storage }, { kind: "FloatStorage", key: "k", count: 6 });
});

const SYSTEM = P.global("os", "system");
const STACK_GLOBAL = [...short("posix"), ...short("system"), 0x93];
const ORDERED = P.global("collections", "OrderedDict");
const REBUILD = P.global("torch._utils", "_rebuild_tensor_v2");

const EVIL: [string, P.Pickle, RegExp][] = [
  [
    "os.system by GLOBAL",
    P.call(SYSTEM, P.text("touch /tmp/x")),
    /asks for os\.system, .*model\.state_dict\(\)/,
  ],
  ["posix.system by STACK_GLOBAL", P.call(STACK_GLOBAL, P.text("id")), /asks for posix\.system/],
  [
    "a name that a terminal would obey",
    [...short("o\ns"), ...short("\u001b[2J"), 0x93],
    /asks for o\?s\.\?\[2J/,
  ],
  ["a name that is no text", [0x4e, ...short("system"), 0x93], /asks for null\.system/],
  ["builtins.eval", P.call(P.global("builtins", "eval"), P.text("1")), /asks for builtins\.eval/],
  ["another function of torch", P.global("torch._utils", "_rebuild_tensor_v3"), /_rebuild_tensor_v3/],
  ["a dotted way to another module", P.global("torch", "_utils.os.system"), /torch\._utils\.os\.system/],
  [
    "a name split elsewhere",
    P.global("torch._utils._rebuild_tensor_v2", ""),
    /asks for torch\._utils\._rebuild_tensor_v2\./,
  ],
  ["a method of JavaScript's objects", P.global("constructor", "constructor"), /constructor\.constructor/],
  ["INST", [...P.MARK, ...P.text("id"), 0x69, ...Buffer.from("os\nsystem\n")], /asks for os\.system/],
  ["OBJ", [...P.MARK, ...ORDERED, 0x6f], /opcode OBJ 0x6f/],
  ["NEWOBJ", [...ORDERED, 0x29, 0x81], /opcode NEWOBJ 0x81/],
  ["EXT1", [0x82, 1], /opcode EXT1 0x82/],
  ["PERSID", [0x50, ...Buffer.from("0\n")], /opcode PERSID/],
  ["an unknown opcode", [0xff], /opcode 0xff/],
  [
    "a call of a text",
    P.call(P.text("os.system"), P.text("id")),
    /a call of os\.system with the tuple \[id\]/,
  ],
  ["a call of a tensor", P.call(P.tensor({ shape: [1], count: 1 })), /a call of a tensor \[1\]/],
  ["OrderedDict of items", P.call(ORDERED, P.list(P.tuple(P.int(1), P.int(2)))), /OrderedDict with/],
  ["a call with a list", [...ORDERED, 0x5d, 0x52], /OrderedDict with the list/],
  [
    "attributes of a tensor",
    [...P.tensor({ shape: [1], count: 1 }), 0x7d, 0x62],
    /attributes a dict of a tensor/,
  ],
  [
    "__setstate__ of a dict by a tuple",
    [0x7d, ...P.tuple(P.int(1)), 0x62],
    /attributes the tuple \[1\] of a dict/,
  ],
  [
    "a parameter of no tensor",
    P.call(P.global("torch._utils", "_rebuild_parameter"), P.int(1)),
    /_rebuild_parameter/,
  ],
  ["an outside object", [...P.text("module"), 0x51], /the outside object module/],
  [
    "a storage of another class",
    [...P.tuple(P.text("storage"), ORDERED, P.text("0"), P.text("cpu"), P.int(1)), 0x51],
    /outside object/,
  ],
  ["a storage of -1 numbers", P.storage({ shape: [], count: -1 }), /outside object/],
  [
    "a storage without a class",
    [...P.tuple(P.text("storage"), P.text("FloatStorage"), P.text("0"), P.text("cpu"), P.int(1)), 0x51],
    /outside object/,
  ],
  ["a tensor of nothing", P.call(REBUILD), /a call of torch\._utils\._rebuild_tensor_v2 with the tuple \[\]/],
  [
    "a tensor of a text",
    P.call(REBUILD, P.text("x"), P.int(0), P.tuple(), P.tuple()),
    /_rebuild_tensor_v2 with/,
  ],
  ["a negative side", P.tensor({ shape: [-1], stride: [1], count: 1 }), /_rebuild_tensor_v2 with/],
  ["a negative stride", P.tensor({ shape: [1], stride: [-1], count: 1 }), /_rebuild_tensor_v2 with/],
  ["a negative offset", P.tensor({ shape: [1], offset: -4, count: 1 }), /_rebuild_tensor_v2 with/],
  ["more sides than strides", P.tensor({ shape: [1, 1], stride: [1], count: 1 }), /_rebuild_tensor_v2 with/],
  [
    "too many numbers to count",
    P.tensor({ shape: Array(9).fill(2 ** 31 - 1), count: 1 }),
    /_rebuild_tensor_v2/,
  ],
];
for (const [name, pickle, message] of EVIL) test(`refuses ${name}`, () => refuses(P.whole(pickle), message));

const BROKEN: [string, Uint8Array, RegExp][] = [
  ["nothing", new Uint8Array(0), /cut short, expected 1 more bytes, got 0/],
  ["no STOP", Uint8Array.from([...P.PROTO, 0x4e]), /cut short/],
  ["protocol 1", Uint8Array.of(0x80, 1, 0x4e, 0x2e), /protocol 1, expected 2 to 5/],
  ["protocol 6", Uint8Array.of(0x80, 6, 0x4e, 0x2e), /protocol 6/],
  ["STOP alone", P.whole([]), /takes a value that is not there/],
  ["two values", P.whole([0x4e, 0x4e]), /values left over/],
  ["an open group", P.whole([...P.MARK, 0x4e]), /values left over/],
  ["a group that never began", P.whole([0x74]), /never began/],
  ["a value from before the group", P.whole([0x4e, ...P.MARK, 0x85]), /not there/],
  ["an item of no dict", P.whole([0x5d, 0x4e, 0x4e, 0x73]), /no dict/],
  ["an item of no list", P.whole([0x7d, 0x4e, 0x61]), /no list/],
  ["an item of a tuple", P.whole([0x29, 0x4e, 0x61]), /no list/],
  ["a key without a value", P.whole([0x7d, ...P.MARK, 0x4e, 0x75]), /a key and no value/],
  ["a value that was never made", P.whole([0x68, 9]), /goes back to value 9/],
  ["no UTF-8", P.whole([0x8c, 1, 0xff]), /no UTF-8/],
  ["a name without an end", P.whole([0x63, ...Array(1000).fill(0x61)]), /name without an end/],
  ["a text of 4 GB", P.whole([0x58, 255, 255, 255, 255]), /expected 4294967295 more bytes, got 1/],
  ["a text of 2^64 - 1 bytes", P.whole([0x8d, ...Array(8).fill(255)]), /cut short/],
  ["bytes of 4 GB", P.whole([0x42, 255, 255, 255, 255]), /cut short/],
  ["an integer of 4 GB", P.whole([0x8b, 255, 255, 255, 255]), /an integer of 4294967295 bytes/],
];
for (const [name, pickle, message] of BROKEN) {
  test(`refuses ${name}`, () => inBounds(() => refuses(pickle, message)));
}

const many = (count: number, opcode: number): number[] => Array(count).fill(opcode);
function repeated(count: number, opcodes: P.Pickle): number[] {
  return Array.from({ length: count * opcodes.length }, (_, i) => opcodes[i % opcodes.length]);
}
const BOMBS: [string, P.Pickle, RegExp][] = [
  ["a million open groups", many(1e6, 0x28), /nested deeper than 256/],
  ["a million dicts", many(1e6, 0x7d), /more than 100000 objects/],
  ["a million lists in each other", [...many(1e6, 0x5d), ...many(1e6, 0x61)], /more than 100000 objects/],
  ["a million tuples in each other", [0x29, ...many(1e6, 0x85)], /more than 100000 objects/],
  [
    "a million empty bytes",
    Array.from({ length: 2e6 }, (_, i) => (i % 2 === 0 ? 0x43 : 0)),
    /more than 100000 objects/,
  ],
  ["a million memo entries", [0x4e, ...many(1e6, 0x94)], /more than 100000 objects/],
  [
    "a list that holds itself 4 million times",
    [0x5d, 0x94, ...P.MARK, ...repeated(4e6, [0x68, 0]), 0x65],
    /uses more than 1000000 values/,
  ],
  [
    "10,000 encodings of one text of 50 kB",
    [
      ...[...P.global("_codecs", "encode"), 0x94, ...P.text("a".repeat(5e4)), 0x94],
      ...[...P.text("latin1"), 0x94, 0x5d, ...P.MARK],
      ...[...repeated(1e4, [0x68, 0, 0x68, 1, 0x68, 2, 0x86, 0x52]), 0x65],
    ],
    /its calls make 150000 bytes of 130\d\d\d/,
  ],
  [
    "a device of 600 texts of 1 MB",
    [
      ...[...P.global("torch", "device"), ...P.MARK, ...P.text("a".repeat(1e6)), 0x94],
      ...[...repeated(599, [0x68, 0]), 0x74, 0x52],
    ],
    /a call of torch\.device/,
  ],
  [
    "100,000 devices of one text",
    [
      ...[...P.global("torch", "device"), 0x94, ...P.text("a".repeat(64)), 0x85, 0x94, 0x5d, ...P.MARK],
      ...[...repeated(5e4, [0x68, 0, 0x68, 1, 0x52]), 0x65],
    ],
    /its calls make \d+ bytes of 250\d\d\d/,
  ],
];
for (const [name, pickle, message] of BOMBS) {
  const bytes = P.whole(pickle);
  test(`refuses ${name}`, () => inBounds(() => refuses(bytes, message)));
}

test("a far memo entry takes no room, and 30 doublings of a list take 30", () => {
  inBounds(() => assert.equal(read(P.whole([0x4e, 0x72, 255, 255, 255, 255])), null)); // LONG_BINPUT 2^32 - 1
  const doublings = Array.from({ length: 30 }, (_, i) => [0x5d, 0x94, ...P.MARK, 0x68, i, 0x68, i, 0x65]);
  const pairs = Array.from({ length: 30 }, () => 0x86);
  inBounds(() => assert(read(P.whole([0x5d, 0x94, ...doublings.flat(), ...pairs]))));
});

test("a pickle cut at any length is refused, and one with any byte changed is read or refused", () => {
  const pickle = P.whole(P.stateDict());
  for (let length = 0; length < pickle.length; length++) refuses(pickle.subarray(0, length), /./);
  let refused = 0;
  for (let at = 0; at < pickle.length; at++) {
    for (const byte of [0, 0x28, 0x52, 0x63, 0x7d, 0xff, pickle[at] ^ 1]) {
      const changed = pickle.slice();
      changed[at] = byte;
      try {
        read(changed);
      } catch (error) {
        assert(error instanceof FileError, String(error));
        refused++;
      }
    }
  }
  assert(refused > pickle.length);
});
