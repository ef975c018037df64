/** An exact non-integer size: `numerator / denominator` bytes. */
export interface Quantity {
  numerator: bigint;
  denominator: bigint;
}

const suffixes: Readonly<Record<string, Quantity>> = {
  "": whole(1n),
  ...powers(["k", "M", "G", "T", "P", "E"], 1000n),
  ...powers(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], 1024n),
  m: { numerator: 1n, denominator: 1000n },
  u: { numerator: 1n, denominator: 1000n ** 2n },
  n: { numerator: 1n, denominator: 1000n ** 3n },
};

function whole(value: bigint): Quantity {
  return { numerator: value, denominator: 1n };
}

function powers(names: string[], base: bigint): Record<string, Quantity> {
  return Object.fromEntries(names.map((name, index) => [name, whole(base ** BigInt(index + 1))]));
}

/** Exponents and texts beyond these name no real size and would only cost memory and time. */
const MAX_EXPONENT = 100;

const MAX_LENGTH = 100;

/** Reads a Kubernetes quantity exactly (register-client-and-media 2.1); undefined when `text` is none. */
export function parseQuantity(text: string): Quantity | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+)|([KMGTPE]i|[numkMGTPE]?))$/.exec(text);
  if (!match) return undefined;
  const [, sign, integer = "", afterPoint = "", onlyFraction = "", exponent, suffix = ""] = match;
  const fraction = afterPoint || onlyFraction;
  const digits = BigInt(`${integer}${fraction}`) * (sign === "-" ? -1n : 1n);
  const unit = exponent === undefined ? suffixes[suffix] : powerOfTen(Number(exponent));
  if (!unit) return undefined;
  return { numerator: digits * unit.numerator, denominator: 10n ** BigInt(fraction.length) * unit.denominator };
}

function powerOfTen(exponent: number): Quantity | undefined {
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? { numerator: 1n, denominator: power } : whole(power);
}

/** Negative, zero or positive as `bytes` is less than, equal to or greater than the quantity. */
export function compareBytesTo(bytes: bigint, { numerator, denominator }: Quantity): number {
  const difference = bytes * denominator - numerator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
