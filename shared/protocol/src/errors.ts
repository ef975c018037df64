import type { RefusalCode } from "./refusals/index.ts";

/** Why a conversation cannot go on, as far as callers branch on it. */
export type ProtocolErrorCode =
  /** Bytes that are no message, no JSON object, no YAML, or exceed a limit of the protocol. */
  | "Malformed"
  /** A message that is not allowed at this point of the conversation. */
  | "Unexpected"
  /** The peer answered with MsgError; `message` is its text. */
  | "Refused"
  /** The negotiated version cannot do what was asked. */
  | "Unsupported";

export interface ProtocolErrorOptions extends ErrorOptions {
  /** What a server calls it; default `ProtocolViolation`. */
  refusal?: RefusalCode;
}

/** A conversation that failed. `message` is short, names no secret, and may be sent to the peer. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;
  readonly refusal: RefusalCode;

  constructor(code: ProtocolErrorCode, message: string, options: ProtocolErrorOptions = {}) {
    super(message, options);
    this.name = "ProtocolError";
    this.code = code;
    this.refusal = options.refusal ?? "ProtocolViolation";
  }
}
