import { isPassing } from "@elemental/protocol";

/**
 * Why the client gave up.
 * - `Usage`: the command line; `Configuration`: a file, the environment or the received document;
 * - `State`: the state file; `Host`: this machine (a file, a device, a program);
 * - `Unreachable`: the door could not be asked, or asks for patience: another attempt may succeed;
 * - `Refused`: the door said no; `Protocol`: it answered what it must not;
 * - `Toolkit`: the `elemental` program failed.
 */
export type ClientErrorCode =
  | "Usage"
  | "Configuration"
  | "State"
  | "Host"
  | "Unreachable"
  | "Refused"
  | "Protocol"
  | "Toolkit";

/** A failure that ends the run with exit status 255. The message is one line and carries no token, seed or key. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  /** How long the server asked to wait before another attempt. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ClientErrorCode, message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.name = "ClientError";
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What a server says of this machine: final, unless its code tells that it may pass. */
export function refusedBy(said: string): ClientError {
  return new ClientError(isPassing(said) ? "Unreachable" : "Refused", `the server refused this machine: ${said}`);
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
