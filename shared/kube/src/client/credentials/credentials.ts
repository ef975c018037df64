import type { ConnectionOptions } from "node:tls";
import { KubeError } from "../../errors.ts";

/** Where the API server is, and how to prove who we are. */
export interface Credentials {
  /** Without a slash at the end; may have a path. */
  server: string;
  tls: ConnectionOptions;
  proxy?: string | undefined;
  /** Headers of every request. Tokens are renewed when they are old, or at once when `renew` is set. */
  headers(renew?: boolean): Promise<Record<string, string>>;
}

// Tokens that are renewed live for minutes at least, and the kubelet replaces a Pod's well before its end.
const renewalMs = 60_000;

/** Headers that are obtained anew when they are a minute old. */
export function renewed(obtain: () => Promise<Record<string, string>>): Credentials["headers"] {
  let headers: Promise<Record<string, string>> | undefined;
  let obtainedAt = 0;
  return async (renew = false) => {
    if (!headers || renew || Date.now() - obtainedAt > renewalMs) {
      obtainedAt = Date.now();
      headers = obtain();
      // The next request tries again.
      headers.catch(() => {
        headers = undefined;
      });
    }
    return headers;
  };
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token.trim()}` };
}

export function basic(username: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

/** The error of a configuration that cannot be used; it has the text of the cause, never a token. */
export function unusable(source: string, problem: string, cause?: unknown): KubeError {
  return new KubeError("Unavailable", `Cannot use the kubeconfig ${source}: ${problem}`, { cause });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
