/** Waiting between failing runs of a key: `baseMs` after the first failure, doubled by each further one. */
export interface Backoff {
  baseMs: number;
  capMs: number;
}

/** Quick enough for a lost write race, slow enough for a cluster that is down. */
export const defaultBackoff: Backoff = { baseMs: 50, capMs: 300_000 };

/** The wait before the run that follows failure number `failures` (from 1), spread over its upper half. */
export function backoffMs(failures: number, { baseMs, capMs }: Backoff, random: () => number = Math.random): number {
  const full = Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 50));
  return Math.max(1, Math.round(full * (0.5 + random() / 2)));
}
