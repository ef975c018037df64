import type { PodLogStore } from "../logs/log-store.ts";

const maxLines = 80;
const maxBytes = 2048;

/** The end of a container's output, for terminationMessagePolicy FallbackToLogsOnError: 2048 bytes or 80 lines. */
export async function lastOutput(logs: PodLogStore, container: string): Promise<string> {
  const parts: Uint8Array[] = [];
  const output = logs.read(container, { follow: false, timestamps: false, tailLines: maxLines });
  for await (const part of output ?? []) parts.push(part);
  return Buffer.concat(parts).subarray(-maxBytes).toString("utf8");
}
