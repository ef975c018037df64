import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("../../../.cache/reports/cluster.json", import.meta.url));
const counts = { numPassedTests: 0, numFailedTests: 0 };

/** One thing that is seen to work; it counts in the report. Rejects as `work` does. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  const said = (mark: string) => console.log(`${mark}  ${title} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  try {
    const result = await work();
    counts.numPassedTests += 1;
    said("ok");
    return result;
  } catch (error) {
    counts.numFailedTests += 1;
    said("FAILED");
    throw error;
  }
}

/** Leaves the counts where those of the other suites are. */
export async function writeReport(): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(counts));
}
