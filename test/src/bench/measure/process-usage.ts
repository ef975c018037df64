import { readFileSync } from "node:fs";

/** What a process has used so far. */
export interface ProcessUsage {
  /** User and system time, in seconds. */
  cpuSeconds: number;
  /** Resident now, in MiB. */
  rssMb: number;
  /** The most memory it ever had resident, in MiB. */
  peakRssMb: number;
}

/** The kernel's USER_HZ on every architecture that Node supports. */
const ticksPerSecond = 100;

/** Reads /proc; zeros for a process that is gone, and on systems without /proc. */
export function processUsage(pid: number): ProcessUsage {
  try {
    // The name of the program is in parentheses and may contain anything.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    const mb = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) / 1024;
    return { cpuSeconds, rssMb: mb("VmRSS"), peakRssMb: mb("VmHWM") };
  } catch {
    return { cpuSeconds: 0, rssMb: 0, peakRssMb: 0 };
  }
}
