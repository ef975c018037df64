import type { JsonObject } from "@elemental/protocol";
import type { Thread } from "../cpu.ts";

/** The cores to which logical processors belong, ascending by their numbers. */
export function describeCores(threads: readonly Thread[]): JsonObject[] {
  return [...Map.groupBy(threads, ({ core }) => core)]
    .sort(([left], [right]) => left - right)
    .map(([core, members]) => ({
      ID: core,
      NumThreads: members.length,
      LogicalProcessors: members.map(({ number }) => number).sort((left, right) => left - right),
    }));
}
