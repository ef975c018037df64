import type { StatusCause } from "./field-error.ts";

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** The wire form of a failed (or finished) request. */
export interface Status {
  kind: "Status";
  apiVersion: "v1";
  metadata: object;
  status: "Failure" | "Success";
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

/** A refused request; becomes the Status that is the response. `code` is its reason, e.g. `NotFound`. */
export class StatusError extends Error {
  /** The HTTP status. */
  readonly status: number;
  readonly code: string;
  readonly details: StatusDetails | undefined;

  constructor(status: number, code: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = "StatusError";
    this.status = status;
    this.code = code;
    this.details = details;
  }

  toStatus(): Status {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.code && { reason: this.code }),
      ...(this.details && { details: this.details }),
      code: this.status,
    };
  }
}
