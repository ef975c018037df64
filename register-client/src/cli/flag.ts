/** A value given on the command line. Integers are exact: TPM seeds use all 64 bits. */
export type FlagValue = boolean | string | bigint | ReadonlyMap<string, string>;

export type FlagType = "bool" | "string" | "int64" | "labels";

/** One flag of a command; `fallback` is only shown in the help, defaults live where the values are used. */
export interface Flag {
  name: string;
  short?: string;
  type: FlagType;
  fallback?: string;
  usage: string;
}

const trueWords = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falseWords = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** Reads a boolean word as Go's strconv does; undefined for anything else. */
export function parseBool(text: string): boolean | undefined {
  if (trueWords.has(text)) return true;
  return falseWords.has(text) ? false : undefined;
}

const integer = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;

/** Reads a signed 64-bit integer with Go's base prefixes (0x, 0o, 0, 0b); undefined when it is none or out of range. */
export function parseInt64(text: string): bigint | undefined {
  const match = integer.exec(text);
  if (!match) return undefined;
  const digits = (match[2] ?? "").replace(/^0([0-7]+)$/, "0o$1");
  const magnitude = BigInt(digits);
  const value = match[1] === "-" ? -magnitude : magnitude;
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
