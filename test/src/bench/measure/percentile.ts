/** The smallest of `sorted` that at least `share` (0 to 1) of them do not exceed; undefined when there is none. */
export function percentile(sorted: ArrayLike<number>, share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
