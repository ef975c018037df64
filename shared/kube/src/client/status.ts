import { parseJson } from "@elemental/api";
import { KubeError, type KubeErrorCode } from "../errors.ts";

/** What a failed request was about; it opens the message. */
export interface Subject {
  /** E.g. `patch machineinventories ns/name`. */
  text: string;
  /** The body of the answer may quote secret data and is not repeated. */
  confidential: boolean;
  /** The plural of the kind, where the request is about objects. */
  resource?: string;
}

interface Status {
  reason?: string;
  message?: string;
  details?: { kind?: string; name?: string; retryAfterSeconds?: number };
}

const byReason: Record<string, KubeErrorCode> = {
  AlreadyExists: "AlreadyExists",
  BadRequest: "BadRequest",
  Conflict: "Conflict",
  Expired: "Expired",
  Forbidden: "Forbidden",
  Gone: "Expired",
  Invalid: "Invalid",
  NotFound: "NotFound",
  ServerTimeout: "Unavailable",
  ServiceUnavailable: "Unavailable",
  Timeout: "Unavailable",
  TooManyRequests: "TooManyRequests",
  Unauthorized: "Unauthorized",
};

const byStatus: Record<number, KubeErrorCode> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotServed",
  409: "Conflict",
  410: "Expired",
  415: "BadRequest",
  422: "Invalid",
  429: "TooManyRequests",
  502: "Unavailable",
  503: "Unavailable",
  504: "Unavailable",
};

/** The error that an answer of the API server stands for. `retryAfter` is the header of that name. */
export function errorOfAnswer(
  subject: Subject,
  answer: { status: number; body: string; retryAfter?: string | undefined },
): KubeError {
  const status = parseStatus(answer.body);
  const code = codeOf(answer.status, status);
  const said = subject.confidential ? (status?.reason ?? `HTTP ${answer.status}`) : textOf(answer, status);
  const seconds = Number(answer.retryAfter ?? status?.details?.retryAfterSeconds ?? Number.NaN);
  return new KubeError(code, `${subject.text}: ${said}`, {
    status: answer.status,
    ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
  });
}

/** The error for the Status object of an ERROR event in a watch. */
export function errorOfStatus(subject: Subject, object: unknown): KubeError {
  const status = (object ?? {}) as Status & { code?: number };
  const { code = 500 } = status;
  return errorOfAnswer(subject, { status: code, body: JSON.stringify({ ...status, kind: "Status" }) });
}

function codeOf(httpStatus: number, status: Status | undefined): KubeErrorCode {
  const code = status?.reason === undefined ? undefined : byReason[status.reason];
  // A kind that is not served is "not found" without a name.
  if (code === "NotFound" && status?.details?.name === undefined) return "NotServed";
  return code ?? byStatus[httpStatus] ?? "Unknown";
}

function textOf(answer: { status: number; body: string }, status: Status | undefined): string {
  if (status?.message) return status.message;
  const line = answer.body.trim().split("\n", 1)[0] ?? "";
  return line === "" ? `HTTP ${answer.status}` : `HTTP ${answer.status} ${line.slice(0, 200)}`;
}

function parseStatus(body: string): Status | undefined {
  try {
    const status = parseJson(body) as (Status & { kind?: string }) | null;
    return status?.kind === "Status" ? status : undefined;
  } catch {
    return undefined;
  }
}
