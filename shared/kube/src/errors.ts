/** Why the API server refused, as far as callers branch on it. */
export type KubeErrorCode =
  | "NotFound"
  | "NotServed"
  | "AlreadyExists"
  | "Conflict"
  | "Invalid"
  | "BadRequest"
  | "Forbidden"
  | "Unauthorized"
  | "Expired"
  | "TooManyRequests"
  | "Unavailable"
  | "Unknown";

/** A refused or failed request. `message` names the verb and the object and never contains a Secret's data. */
export class KubeError extends Error {
  readonly code: KubeErrorCode;
  /** HTTP status, 0 when no answer came. */
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: KubeErrorCode,
    message: string,
    options: ErrorOptions & { status?: number; retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.name = "KubeError";
    this.code = code;
    this.status = options.status ?? 0;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether `error` is a KubeError of one of `codes`. */
export function isKubeError(error: unknown, ...codes: KubeErrorCode[]): error is KubeError {
  return error instanceof KubeError && (codes.length === 0 || codes.includes(error.code));
}
