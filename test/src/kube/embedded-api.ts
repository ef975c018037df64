import { startEmbeddedKubernetes } from "@elemental/apiserver";
import type { ApiUnderTest } from "./real-api.ts";

/** Starts the embedded API in memory on a free loopback port; like the real one it is compared with, without a node. */
export async function startEmbeddedApi(): Promise<ApiUnderTest> {
  const { kubeconfig, stop } = await startEmbeddedKubernetes({
    listen: { host: "127.0.0.1", port: 0 },
    onError: (error, doing) => process.stderr.write(`embedded API could not ${doing}: ${error}\n`),
  });
  return { kubeconfig, stop };
}
