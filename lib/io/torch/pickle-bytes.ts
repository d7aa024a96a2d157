// The bytes of a pickle, read in order. Nothing is read past the end, or allocated before its bytes are there.
import { FileError } from "../../cells/errors.js";

/** The longest name of a module or class that is read: far above any that torch writes. */
const MAX_LINE = 256;
/** The longest integer that is read, in bytes: far above any count or seed. */
const MAX_INTEGER_BYTES = 64;

/** Reads a pickle's numbers and texts; every method throws FileError at the end of the bytes. */
export class PickleBytes {
  private at = 0;
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly where: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes there are, those after the pickle included. */
  get length(): number {
    return this.bytes.length;
  }

  /** How many bytes are read. */
  get position(): number {
    return this.at;
  }

  /** A FileError about what is wrong at this place. */
  broken(what: string): FileError {
    return new FileError(`${this.where} cannot be read at byte ${this.at} of its pickle: ${what}.`);
  }

  /** Moves on by this many bytes; returns where they start. */
  private skip(count: number): number {
    const left = this.bytes.length - this.at;
    if (count > left) throw this.broken(`it is cut short, expected ${count} more bytes, got ${left}`);
    this.at += count;
    return this.at - count;
  }

  byte(): number {
    return this.bytes[this.skip(1)];
  }

  uint16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  /** A count of 64 bits; one that a number cannot hold is too large for any file anyway. */
  uint64(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }

  /** The only numbers that a pickle writes with their high byte first. */
  float64(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  /** A two's complement integer of this many bytes, as a bigint only when a number cannot hold it. */
  integer(length: number): number | bigint {
    if (length > MAX_INTEGER_BYTES) throw this.broken(`an integer of ${length} bytes`);
    let value = 0n;
    for (const byte of [...this.slice(length)].reverse()) value = (value << 8n) | BigInt(byte);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  /** A view of the next bytes, not a copy. */
  slice(length: number): Uint8Array {
    const from = this.skip(length);
    return this.bytes.subarray(from, from + length);
  }

  text(length: number): string {
    const bytes = this.slice(length);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw this.broken("a text that is no UTF-8");
    }
  }

  /** A text up to the end of its line. */
  line(): string {
    const length = this.bytes.subarray(this.at, this.at + MAX_LINE + 1).indexOf(0x0a);
    if (length < 0) throw this.broken(`a name without an end in ${MAX_LINE} bytes`);
    const text = this.text(length);
    this.skip(1);
    return text;
  }
}
