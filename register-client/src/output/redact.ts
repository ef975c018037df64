const secretKey = /^(token|passwd|password)$|emulated-?tpm-?seed/i;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** Passwords in NetworkManager's keyfiles. */
const keyfileSecret = /^((?:psk|password|wep-key\d|pin)=).*$/gm;

const hidden = "*****";

/**
 * A copy of a configuration tree that may be logged: values under `token`, `passwd`, `password` and the seed are replaced,
 * and within texts PEM private keys and the passwords of keyfiles (register-client-and-media 1.8).
 */
export function redact(value: unknown): unknown {
  if (typeof value === "string") return value.replace(privateKey, hidden).replace(keyfileSecret, `$1${hidden}`);
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
