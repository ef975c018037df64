const units: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const pattern = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;

/** Whether the text is a quantity such as `500m`, `1.5Gi` or `1e3`. */
export function isQuantity(text: string): boolean {
  return pattern.test(text);
}

/** Whether the first quantity is larger than the second; false when either is none. */
export function quantityExceeds(left: unknown, right: unknown): boolean {
  return amount(left) > amount(right);
}

function amount(value: unknown): number {
  const [, digits, exponent = "", unit = ""] = pattern.exec(String(value)) ?? [];
  return digits === undefined ? Number.NaN : Number(`${digits}${exponent}`) * (units[unit] ?? 1);
}
