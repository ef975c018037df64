const maxLength = 1024;

const secrets: readonly [RegExp, string][] = [
  [/(\/elemental\/(?:registration|seedimage)\/)[^/\s"']+/g, "$1<token>"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, "$1 <credential>"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, "<private key>"],
];

/** The message as it may be published: without the tokens and keys that error texts of others carry, and bounded. */
export function redactMessage(message: string): string {
  const redacted = secrets.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), message);
  return redacted.length <= maxLength ? redacted : `${redacted.slice(0, maxLength - 1)}…`;
}
