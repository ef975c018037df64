const hidden = "[redacted]";
/** Deeper values are not logged at all: log lines are for people. */
const deepest = 6;

/** Names of fields that carry secrets, in any spelling: letters only, lower case. */
const secretNames = new Set([
  "authorization",
  "cookie",
  "password",
  "passphrase",
  "privatekey",
  "proxyauthorization",
  "redisurl",
  "registrationtoken",
  "secret",
  "setcookie",
  "stringdata",
  "token",
]);

const secretTexts: [RegExp, string][] = [
  [/\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]+/gi, `$1 ${hidden}`],
  [/(\/elemental\/(?:registration|seedimage)\/)[^/\s"'\\?]+/g, `$1${hidden}`],
  [/(\w+:\/\/[^:/\s"]*:)[^@/\s"]+@/g, `$1${hidden}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----/gs, hidden],
];

/** A copy of `fields` in which the values of secret names are replaced, at any depth. */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0);
}

/** Replaces credentials that are recognizable inside a text: bearer tokens, registration URLs, URL passwords, keys. */
export function redactText(text: string): string {
  return secretTexts.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

function redactObject(object: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const letters = name.toLowerCase().replace(/[^a-z]/g, "");
      return [name, secretNames.has(letters) && value !== undefined ? hidden : redactValue(value, depth + 1)];
    }),
  );
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || value instanceof Error) return value;
  if (depth > deepest) return "[deep]";
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return value.constructor === Object ? redactObject(value, depth) : value;
}
