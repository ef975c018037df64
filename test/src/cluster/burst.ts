import type { Flow } from "./flow.ts";

const atOnce = 3;
const atLeast = 8;

/**
 * Machines register, a few at once, until `work` has ended and there were enough of them; resolves with their number.
 * Rejects when one of them is lost.
 */
export async function registerDuring(system: Flow, registration: string, work: Promise<unknown>): Promise<number> {
  let [number, busy] = [0, true];
  const ended = work.finally(() => {
    busy = false;
  });
  ended.catch(() => {});
  const stream = async () => {
    while (busy || number < atLeast) {
      number += 1;
      await (await system.machine(`burst-${number}`, registration)).stop();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, stream));
  await ended;
  return number;
}
