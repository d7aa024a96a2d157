// The errors a caller can catch. Each message says what is wrong, what was got, what was expected, what to do.

/** Stack frames of a notebook's kernel and of Node's internals, which tell a reader nothing. */
const KERNEL_FRAMES = /^ +at .*([\\/](@?tslab|zeromq|commander)[\\/]|node:)/;

/** The base of every error that this library throws on purpose. */
export class NcaError extends Error {
  override name = "NcaError";

  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    this.stack = this.stack
      ?.split("\n")
      .filter((line) => !KERNEL_FRAMES.test(line))
      .join("\n");
  }
}

/** An argument, a shape or an option that cannot be used. */
export class InvalidInputError extends NcaError {
  override name = "InvalidInputError";
}

/** A file that is missing, broken, of another kind, or cannot be written. */
export class FileError extends NcaError {
  override name = "FileError";
}

/** An engine could not finish a rollout: memory ran out, a thread or a device was lost. */
export class EngineError extends NcaError {
  override name = "EngineError";
}

/** Throws InvalidInputError unless the value is an integer in the range. */
export function checkInteger(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new InvalidInputError(`${name} is ${value}; expected an integer from ${low} to ${high}.`);
}

/** Throws InvalidInputError unless the rng seed is a 32-bit integer. */
export function checkRngSeed(rngSeed: number): void {
  checkInteger("rngSeed", rngSeed, 0, 2 ** 32 - 1);
}

/** Throws InvalidInputError for an option that is not one of `known`: where types are not checked it is a misspelling. */
export function checkKnown(what: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new InvalidInputError(`${what} has no option "${unknown}"; expected some of ${known.join(", ")}.`);
}

/** Throws InvalidInputError unless the value is one of the list. */
export function checkOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  throw new InvalidInputError(`Unknown ${name} "${value}"; use one of ${allowed.join(", ")}.`);
}
