const FIRST_MS = 2000;
const LONGEST_MS = 30_000;

/** A session that lived so long was healthy: what comes next is the first failure again. */
export const HEALTHY_MS = 60_000;

/**
 * Milliseconds from 1 s to 30 s to wait before the next dial, after `failures` in a row (1 or more): exponential, half of it by
 * chance, so that replicas do not come back together (hardening T2). `random` is from 0 to 1.
 */
export function redialDelay(failures: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return full * (0.5 + random / 2);
}
