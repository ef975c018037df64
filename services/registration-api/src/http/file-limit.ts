import { readFileSync } from "node:fs";

/** Files that the process needs beside connections: its own, and those to Kubernetes, Redis and seed images. */
const RESERVED = 256;

/** How many connections the limit of open files leaves room for; Infinity where the system does not tell. */
export function connectionsByFileLimit(limits = limitsOfProcess()): number {
  const limit = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return limit === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Number(limit) - RESERVED);
}

function limitsOfProcess(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return "";
  }
}
