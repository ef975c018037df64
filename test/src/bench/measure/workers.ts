/** Runs `work` for every item, `concurrency` at once; rejects with the first failure. */
export async function forEach<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
}

/** Runs `work` for every index below `count`, `concurrency` at once; rejects with the first failure. */
export function forEachIndex(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  return forEach([...Array(count).keys()], concurrency, work);
}
