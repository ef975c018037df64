import { redactText } from "./redact-text.ts";

const secretKey = /(token|passwd|password|seed|private-?key|key-data)$|^psk$/i;

/** Passwords in NetworkManager's keyfiles. */
const keyfileSecret = /^((?:psk|password|wep-key\d|pin)=).*$/gm;

const hidden = "*****";

/**
 * A copy of a configuration tree that may be logged: values whose keys name a secret are replaced, and so are secrets
 * within texts, e.g. of files that a cloud-config writes (register-client-and-media 1.8).
 */
export function redact(value: unknown): unknown {
  if (typeof value === "string") return redactText(value.replace(keyfileSecret, `$1${hidden}`));
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, redactMember(key, member)]));
}

function redactMember(key: string, value: unknown): unknown {
  return secretKey.test(key) && value !== null ? hidden : redact(value);
}

/** The registration URL without its token, which is the only secret of it. */
export function redactUrl(url: string): string {
  return url.replace(/(\/registration\/)[^/?#]+/, "$1***");
}

/** The token in a registration URL; empty when there is none. */
export function registrationToken(url: string): string {
  return /\/registration\/([^/?#]+)/.exec(url)?.[1] ?? "";
}
