import { isKubeError, type KubeError, type KubeErrorCode } from "@elemental/kube";
import { ProtocolError, refusals } from "@elemental/protocol";
import { AttestationRefused } from "@elemental/tpm";
import { Refusal } from "./refusal.ts";

const RETRY_SECONDS = 5;

/** Maps whatever went wrong to what the peer is told; the one place where that is decided. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof AttestationRefused) return ofAttestation(error);
  if (error instanceof ProtocolError && error.cause instanceof AttestationRefused) return ofAttestation(error.cause);
  if (error instanceof ProtocolError) return new Refusal(error.refusal, error.message, { cause: error });
  if (isKubeError(error)) return ofKubeError(error);
  return new Refusal("Unavailable", "internal error", { cause: error, retryAfterSeconds: RETRY_SECONDS });
}

function ofAttestation({ code, message, hint, cause }: AttestationRefused): Refusal {
  return new Refusal(code, message, { cause, ...(hint !== undefined && { hint, detail: hint }) });
}

/** The API server's own texts name objects and vary with its version: they stay in the log. */
function ofKubeError(error: KubeError): Refusal {
  const [code, message] = texts[error.code] ?? ["Unavailable", "the server cannot be reached, try again later"];
  const retryAfterSeconds = refusals[code].passing ? RETRY_SECONDS : undefined;
  return new Refusal(code, message, {
    cause: error,
    detail: error.message,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

const texts: Partial<Record<KubeErrorCode, [Refusal["code"], string]>> = {
  AlreadyExists: ["NameInUse", "MachineInventory creation failed: its name is already in use"],
  Conflict: ["Conflict", "MachineInventory update failed: it changed at the same time, try again"],
  Invalid: [
    "Misconfigured",
    "the MachineInventory is invalid: check the labels, annotations and name of the registration",
  ],
  BadRequest: [
    "Misconfigured",
    "the MachineInventory is invalid: check the labels, annotations and name of the registration",
  ],
  Forbidden: ["Misconfigured", "the server is not allowed to store the MachineInventory"],
  NotServed: ["Misconfigured", "the server does not know MachineInventories"],
  TooManyRequests: ["Busy", "the server is busy, try again later"],
};
