type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;

const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

const longInteger = /\d{16}/;
const integer = /^-?\d+$/;
const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/**
 * Parses JSON as Kubernetes does: integers that a number cannot hold exactly (e.g. the seed of an emulated TPM)
 * become bigints when they fit into 64 bits; every other value is what JSON.parse gives. Throws SyntaxError.
 */
export function parseJson(text: string): unknown {
  return longInteger.test(text) ? parseWithSource(text, exactInteger) : JSON.parse(text);
}

function exactInteger(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  if (context.source === undefined || !integer.test(context.source)) return value;
  const exact = BigInt(context.source);
  return exact >= int64.min && exact <= int64.max ? exact : value;
}

/** The inverse of parseJson: bigints are written as plain integers. `space` indents as in JSON.stringify. */
export function stringifyJson(value: unknown, space?: number): string {
  try {
    return JSON.stringify(value, undefined, space);
  } catch (error) {
    // A replacer halves the speed, so only values that hold a bigint pay for it.
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? rawJson(item.toString()) : item), space);
  }
}
