export type BuildErrorCode =
  | "Usage"
  | "BaseUnavailable"
  /** The server has no such base, or it may not be used: asking again does not help. */
  | "BaseRefused"
  | "BaseInvalid"
  | "ToolMissing"
  | "ToolFailed"
  | "ServeFailed";

/** Why there is no image. The message is one line for the person who made the SeedImage: what, and what to do. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  readonly code: BuildErrorCode;

  constructor(code: BuildErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The text of anything thrown, with its causes: Node's fetch says what happened only in the cause. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
