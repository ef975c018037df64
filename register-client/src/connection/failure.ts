import { ClientError, messageOf } from "../errors.ts";
import type { Target } from "./proxy.ts";

const unreachable: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name cannot be resolved: is DNS working?",
  EAI_AGAIN: "its name cannot be resolved yet: is the network up?",
  EAI_FAIL: "its name cannot be resolved: is DNS working?",
  ECONNREFUSED: "it refuses the connection: is the server running?",
  ECONNRESET: "it dropped the connection",
  EPIPE: "it dropped the connection",
  EHOSTUNREACH: "there is no route to it: is the network up?",
  ENETUNREACH: "the network is unreachable: is the network up?",
  ENETDOWN: "the network is down",
  EADDRNOTAVAIL: "the network is not up",
  ETIMEDOUT: "it does not answer: is a firewall in between?",
  ABORT_ERR: "it did not answer in time",
};

const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_SIGNATURE_FAILURE",
]);

/**
 * A failure to connect as a ClientError that says what to try. `Unreachable` may pass by itself: the network, the server or
 * the clock is not ready; anything else needs someone to change something.
 */
export function connectionFailure(error: unknown, { host, port }: Target, now: Date): ClientError {
  const where = `${host}:${port}`;
  const code = codeOf(error);
  const passing = unreachable[code];
  if (passing) return new ClientError("Unreachable", `cannot reach ${where}: ${passing}`, { cause: error });
  if (code === "CERT_NOT_YET_VALID" || code === "CERT_HAS_EXPIRED") {
    const state = code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet";
    const message = `the certificate of ${where} ${state}: this machine's clock says ${now.toISOString()}, is it right?`;
    return new ClientError(code === "CERT_HAS_EXPIRED" ? "Refused" : "Unreachable", message, { cause: error });
  }
  if (untrusted.has(code)) {
    const message = `the certificate of ${where} is signed neither by ca-cert nor by a root of this system (${code})`;
    return new ClientError("Refused", message, { cause: error });
  }
  return new ClientError("Refused", `cannot connect to ${where}: ${messageOf(error)}`, { cause: error });
}

/** The code of an error; of several addresses tried, that of the last. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors.at(-1));
  if (error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError")) return "ABORT_ERR";
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "";
}
