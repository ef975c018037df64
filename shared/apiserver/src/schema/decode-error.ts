/** A value that an object of a built-in kind cannot hold. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}
