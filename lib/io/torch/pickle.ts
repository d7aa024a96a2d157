// A reader of Python's pickles, as harmless as one of JSON: it builds plain values, and its caller decides from a list
// what else a pickle may ask for. It imports nothing, calls nothing by name and refuses every other opcode.
// Source: CPython, Lib/pickletools.py, which says what each opcode does.
import type { FileError } from "../../cells/errors.js";
import { PickleBytes } from "./pickle-bytes.js";
import { type PickleHost, type PickleValue, Unpickler } from "./pickle-machine.js";

const HIGHEST_PROTOCOL = 5;
const STOP = 0x2e;
const INST = 0x69;

/**
 * The value that a pickle of protocol 2 to 5 describes. Containers may hold each other in a circle.
 *
 * @throws FileError, naming `where`, for bytes that are not a pickle, and for one that asks for what the host lacks
 */
export function unpickle(bytes: Uint8Array, host: PickleHost, where: string): PickleValue {
  return unpickleFirst(bytes, host, where).value;
}

/** As `unpickle`, of the first of several pickles, and where it ends. */
export function unpickleFirst(
  bytes: Uint8Array,
  host: PickleHost,
  where: string,
): { readonly value: PickleValue; readonly end: number } {
  const machine = new Unpickler(new PickleBytes(bytes, where), host);
  for (;;) {
    const code = machine.bytes.byte();
    const opcode = OPCODES.get(code);
    if (!opcode) throw refused(code, machine);
    opcode(machine);
    if (code === STOP) return { value: machine.result(), end: machine.bytes.position };
  }
}

/** What each opcode does, by its code. */
const OPCODES = new Map<number, (machine: Unpickler) => void>([
  [0x80, (m) => protocol(m)], // PROTO
  [0x95, (m) => void m.bytes.uint64()], // FRAME: how many bytes to read at once, of no use here
  [STOP, () => {}],
  [0x28, (m) => m.mark()], // MARK
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.bytes.int32())], // BININT
  [0x4b, (m) => m.push(m.bytes.byte())], // BININT1
  [0x4d, (m) => m.push(m.bytes.uint16())], // BININT2
  [0x8a, (m) => m.push(m.bytes.integer(m.bytes.byte()))], // LONG1
  [0x8b, (m) => m.push(m.bytes.integer(m.bytes.uint32()))], // LONG4
  [0x47, (m) => m.push(m.bytes.float64())], // BINFLOAT
  [0x8c, (m) => m.push(m.bytes.text(m.bytes.byte()))], // SHORT_BINUNICODE
  [0x58, (m) => m.push(m.bytes.text(m.bytes.uint32()))], // BINUNICODE
  [0x8d, (m) => m.push(m.bytes.text(m.bytes.uint64()))], // BINUNICODE8
  [0x43, (m) => m.pushNew(m.bytes.slice(m.bytes.byte()))], // SHORT_BINBYTES
  [0x42, (m) => m.pushNew(m.bytes.slice(m.bytes.uint32()))], // BINBYTES
  [0x8e, (m) => m.pushNew(m.bytes.slice(m.bytes.uint64()))], // BINBYTES8
  [0x96, (m) => m.pushNew(m.bytes.slice(m.bytes.uint64()))], // BYTEARRAY8
  [0x5d, (m) => m.pushNew([])], // EMPTY_LIST
  [0x61, (m) => m.append([m.pop()])], // APPEND
  [0x65, (m) => m.append(m.popToMark())], // APPENDS
  [0x7d, (m) => m.pushNew(new Map())], // EMPTY_DICT
  [0x73, (m) => m.set([m.pop(), m.pop()].reverse())], // SETITEM
  [0x75, (m) => m.set(m.popToMark())], // SETITEMS
  [0x29, (m) => m.tuple(0)], // EMPTY_TUPLE
  [0x85, (m) => m.tuple(1)], // TUPLE1
  [0x86, (m) => m.tuple(2)], // TUPLE2
  [0x87, (m) => m.tuple(3)], // TUPLE3
  [0x74, (m) => m.pushNew(Object.freeze(m.popToMark()))], // TUPLE
  [0x71, (m) => m.remember(m.bytes.byte())], // BINPUT
  [0x72, (m) => m.remember(m.bytes.uint32())], // LONG_BINPUT
  [0x94, (m) => m.remember()], // MEMOIZE
  [0x68, (m) => m.recall(m.bytes.byte())], // BINGET
  [0x6a, (m) => m.recall(m.bytes.uint32())], // LONG_BINGET
  [0x63, (m) => m.global(m.bytes.line(), m.bytes.line())], // GLOBAL
  [0x93, (m) => m.global(...([m.pop(), m.pop()].reverse() as [PickleValue, PickleValue]))], // STACK_GLOBAL
  [0x52, (m) => m.call()], // REDUCE
  [0x51, (m) => m.persistent()], // BINPERSID
  [0x62, (m) => m.build()], // BUILD
]);

/** Opcodes that make objects of other kinds or find code by its number. */
const REFUSED = new Map([
  [0x6f, "OBJ "],
  [0x81, "NEWOBJ "],
  [0x92, "NEWOBJ_EX "],
  [0x82, "EXT1 "],
  [0x83, "EXT2 "],
  [0x84, "EXT4 "],
  [0x50, "PERSID "],
  [0x8f, "EMPTY_SET "],
  [0x91, "FROZENSET "],
]);

function refused(code: number, machine: Unpickler): FileError {
  const { bytes } = machine;
  if (code === INST) return machine.denied(`${bytes.line()}.${bytes.line()}`);
  return bytes.broken(
    `its opcode ${REFUSED.get(code) ?? ""}0x${code.toString(16)} makes what is not read here`,
  );
}

function protocol({ bytes }: Unpickler): void {
  const version = bytes.byte();
  if (version >= 2 && version <= HIGHEST_PROTOCOL) return;
  throw bytes.broken(`protocol ${version}, expected 2 to ${HIGHEST_PROTOCOL}`);
}
