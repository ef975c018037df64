/** A refusal as the Kubernetes API words it; clients branch on `code` and `reason`. */
export interface Refusal {
  code: number;
  reason: string;
  message: string;
  retryAfterSeconds?: number;
}

/** Ends a request with a refusal. */
export class GatewayRefusal extends Error {
  override readonly name = "GatewayRefusal";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** The `Status` object of a refusal. */
export function statusBody({ code, reason, message, retryAfterSeconds }: Refusal): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(retryAfterSeconds !== undefined && { details: { retryAfterSeconds } }),
    code,
  };
}

export const unauthorized: Refusal = { code: 401, reason: "Unauthorized", message: "Unauthorized" };

export const tooManyRequests: Refusal = {
  code: 429,
  reason: "TooManyRequests",
  message: "this machine sends too many requests, please try again later",
  retryAfterSeconds: 1,
};

export function forbidden(message: string): Refusal {
  return { code: 403, reason: "Forbidden", message };
}

export function badRequest(message: string): Refusal {
  return { code: 400, reason: "BadRequest", message };
}

export function notFound(name: string): Refusal {
  return { code: 404, reason: "NotFound", message: `secrets "${name}" not found` };
}

export function conflict(name: string): Refusal {
  const message = `Operation cannot be fulfilled on secrets "${name}": the object has been modified; please apply your changes to the latest version and try again`;
  return { code: 409, reason: "Conflict", message };
}

export function expired(version: number, oldest: number): Refusal {
  return { code: 410, reason: "Expired", message: `too old resource version: ${version} (${oldest})` };
}

export function tooLarge(limit: number): Refusal {
  return { code: 413, reason: "RequestEntityTooLarge", message: `Request entity too large: limit is ${limit} bytes` };
}

export function unsupportedMediaType(message: string): Refusal {
  return { code: 415, reason: "UnsupportedMediaType", message };
}
