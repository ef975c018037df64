/** Why the door turns a request away. */
export type RefusalCode =
  | "NotFound"
  | "NotReady"
  | "BadRequest"
  | "MethodNotAllowed"
  | "Unauthorized"
  | "Gone"
  | "TooManyRequests"
  | "Busy"
  | "Conflict"
  | "Unavailable"
  | "Misconfigured";

export interface RefusalOptions extends ErrorOptions {
  /** For logs: names objects, which the peer must not learn. Never a secret. */
  detail?: string;
  retryAfterSeconds?: number;
}

/** A request that is turned away. `message` is one line that the peer may read; it names no object of others. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: RefusalCode, message: string, options: RefusalOptions = {}) {
    super(message, options);
    this.code = code;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
