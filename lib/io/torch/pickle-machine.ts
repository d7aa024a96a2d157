// The machine that a pickle is a program for: values on a stack, marks in it, a memo of values to come back to.
// What it builds is bounded in number, depth and bytes, so that a small file cannot fill the memory or take minutes.
import type { FileError } from "../../cells/errors.js";
import { quotable } from "../file-errors.js";
import type { PickleBytes } from "./pickle-bytes.js";

/** Lists, tuples, dicts, bytes and memo entries that one pickle may make: far above what a training run saves. */
const MAX_OBJECTS = 100_000;
/** Values that one pickle may put on its stack, those that it comes back to included. */
const MAX_VALUES = 1_000_000;
/** Groups that may be open inside each other: torch nests a handful. */
const MAX_DEPTH = 256;

/**
 * None is null, a dict is a Map, a list an array and a tuple a frozen one, bytes are a Uint8Array, an integer is a
 * bigint where a number cannot hold it; the rest is what the host makes.
 */
export type PickleValue = unknown;

/** What a pickle may ask for besides plain values. A method returns undefined for what it does not know. */
export interface PickleHost {
  /** What stands for a Python class or function. */
  global(module: string, name: string): PickleValue | undefined;
  /** What calling it gives; `spend` is told of bytes before they are made, and throws where they are too many. */
  call(
    callee: PickleValue,
    args: readonly PickleValue[],
    spend: (bytes: number) => void,
  ): PickleValue | undefined;
  /** What lies outside the pickle. */
  persistent(id: PickleValue): PickleValue | undefined;
  /** Gives an object its attributes; false for an object that may have none, or other attributes. */
  build?(object: PickleValue, state: PickleValue): boolean;
}

/** Every method throws FileError when the stack does not hold what it needs. */
export class Unpickler {
  private readonly stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private objects = 0;
  private values = 0;
  private made = 0;

  constructor(
    readonly bytes: PickleBytes,
    private readonly host: PickleHost,
  ) {}

  /** An error that names what a pickle must not have, so that a reader sees what it was up to. */
  denied(what: string): FileError {
    return this.bytes.broken(
      `it asks for ${quotable(what)}, and may have plain values and tensors only; save model.state_dict() alone`,
    );
  }

  push(value: PickleValue): void {
    if (++this.values > MAX_VALUES) throw this.bytes.broken(`it uses more than ${MAX_VALUES} values`);
    this.stack.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0))
      throw this.bytes.broken("it takes a value that is not there");
    return this.stack.pop();
  }

  /** The value that the items after it go into. */
  private top(): PickleValue {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  mark(): void {
    if (this.marks.length === MAX_DEPTH)
      throw this.bytes.broken(`its values are nested deeper than ${MAX_DEPTH}`);
    this.marks.push(this.stack.length);
  }

  /** Everything since the last mark. */
  popToMark(): PickleValue[] {
    const from = this.marks.pop();
    if (from === undefined) throw this.bytes.broken("it ends a group that never began");
    return this.stack.splice(from);
  }

  /** Calls make copies of what the pickle holds: all of them together at most as many bytes as it has. */
  private readonly spend = (bytes: number): void => {
    this.made += bytes;
    if (this.made > this.bytes.length)
      throw this.bytes.broken(`its calls make ${this.made} bytes of ${this.bytes.length}`);
  };

  private count(): void {
    if (++this.objects > MAX_OBJECTS) throw this.bytes.broken(`it makes more than ${MAX_OBJECTS} objects`);
  }

  pushNew(object: PickleValue): void {
    this.count();
    this.push(object);
  }

  tuple(length: number): void {
    const items: PickleValue[] = [];
    for (let i = 0; i < length; i++) items.unshift(this.pop());
    this.pushNew(Object.freeze(items));
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list) || Object.isFrozen(list))
      throw this.bytes.broken("it appends to what is no list");
    for (const item of items) list.push(item);
  }

  set(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map)) throw this.bytes.broken("it sets an item of what is no dict");
    if (items.length % 2 !== 0) throw this.bytes.broken("a dict with a key and no value");
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  }

  remember(index = this.memo.size): void {
    this.count();
    this.memo.set(index, this.top());
  }

  recall(index: number): void {
    if (!this.memo.has(index))
      throw this.bytes.broken(`it goes back to value ${index}, which it has not made`);
    this.push(this.memo.get(index));
  }

  global(module: PickleValue, name: PickleValue): void {
    const found = typeof module === "string" && typeof name === "string" && this.host.global(module, name);
    if (!found) throw this.denied(`${module}.${name}`);
    this.push(found);
  }

  call(): void {
    const args = this.pop();
    const callee = this.pop();
    const made = isTuple(args) ? this.host.call(callee, args, this.spend) : undefined;
    if (made === undefined) throw this.denied(`a call of ${textOf(callee)} with ${textOf(args)}`);
    this.pushNew(made);
  }

  persistent(): void {
    const id = this.pop();
    const found = this.host.persistent(id);
    if (found === undefined) throw this.denied(`the outside object ${textOf(id)}`);
    this.pushNew(found);
  }

  /** Attributes of an object: an OrderedDict of torch has some, none of which matters here. */
  build(): void {
    const state = this.pop();
    if (this.host.build?.(this.top(), state)) return;
    if (!(state instanceof Map && this.top() instanceof Map)) {
      throw this.denied(`attributes ${textOf(state)} of ${textOf(this.top())}`);
    }
  }

  result(): PickleValue {
    const value = this.pop();
    if (this.stack.length + this.marks.length > 0) throw this.bytes.broken("it ends with values left over");
    return value;
  }
}

/** Is this a tuple, and not a list? */
export function isTuple(value: PickleValue): value is readonly PickleValue[] {
  return Array.isArray(value) && Object.isFrozen(value);
}

/** A value, for an error. */
function textOf(value: PickleValue): string {
  if (value === null) return "None";
  if (value instanceof Map) return "a dict";
  if (value instanceof Uint8Array) return "bytes";
  if (Array.isArray(value))
    return `${isTuple(value) ? "the tuple" : "the list"} [${value.slice(0, 3).map(brief)}]`;
  return quotable(String(value));
}

const brief = (value: PickleValue) =>
  typeof value === "object" && value !== null ? "..." : quotable(String(value));
