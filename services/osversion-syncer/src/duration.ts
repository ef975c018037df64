const units: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const part = String.raw`(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)`;
const duration = new RegExp(`^([+-]?)((?:${part})+)$`);

/** Milliseconds of a duration as Go writes it, e.g. `1h30m`, `1.5s`, `0`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  const match = duration.exec(text);
  if (!match) return undefined;
  const parts = (match[2] ?? "").matchAll(new RegExp(part, "g"));
  const sum = parts.reduce((total, [, amount, unit]) => total + Number(amount) * (units[unit ?? ""] ?? 0), 0);
  return match[1] === "-" ? -sum : sum;
}
