import type { ObjectKey, ResourceType } from "@elemental/api";
import { objectPath, query } from "./path.ts";
import { type Transport, unanswered } from "./transport.ts";

const pods: ResourceType = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
const timeoutMs = 30_000;

/** Reads a container's log and keeps its end; the API's own limit would keep its beginning. */
export async function readPodLog(
  transport: Transport,
  key: ObjectKey,
  { container, limitBytes }: { container: string; limitBytes: number },
): Promise<string> {
  const subject = { text: `log of pods ${key.namespace}/${key.name} container ${container}`, confidential: false };
  const path = objectPath(pods, key, "log") + query({ container });
  const body = await transport.stream({ method: "GET", path, subject }, AbortSignal.timeout(timeoutMs));
  const kept: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      kept.push(chunk);
      size += chunk.length;
      for (let first = kept[0]; first && size - first.length >= limitBytes; first = kept[0]) {
        size -= first.length;
        kept.shift();
      }
    }
  } catch (error) {
    throw unanswered({ subject }, error);
  }
  return Buffer.concat(kept)
    .subarray(Math.max(0, size - limitBytes))
    .toString("utf8");
}
