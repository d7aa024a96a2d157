// The errors a caller can catch. Each message says what is wrong, what was got, what was expected, what to do.

/** The base of every error that this library throws on purpose. */
export class NcaError extends Error {
  override name = "NcaError";
}

/** An argument, a shape or an option that cannot be used. */
export class InvalidInputError extends NcaError {
  override name = "InvalidInputError";
}

/** A file that is missing, broken, of another kind, or cannot be written. */
export class FileError extends NcaError {
  override name = "FileError";
}
