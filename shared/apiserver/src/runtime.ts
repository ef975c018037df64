import { startControllers } from "./controllers/index.ts";
import type { Loopback, PodLogs } from "./loopback.ts";
import type { Pki } from "./pki/index.ts";
import { type PodRunner, type PodRunnerOptions, startPodRunner } from "./pods/index.ts";

export interface RuntimeOptions {
  pki: Pki;
  /** Absent: nobody executes Pods, as on a cluster without a node. */
  pods?: Omit<PodRunnerOptions, "onError">;
  /** Told of failures that are retried and that no object's status shows. */
  onError(error: unknown, doing: string): void;
}

/** What makes an API live: garbage collection, namespaces, tokens, and the execution of Pods. */
export interface Runtime {
  podLogs: PodLogs;
  /** Where a ready Pod of the Service listens for `port` (number or name), undefined when none does. */
  serviceAddress: PodRunner["serviceAddress"];
  /** Ends all processes of Pods, then the rest. */
  stop(): Promise<void>;
}

export async function startRuntime(loopback: Loopback, options: RuntimeOptions): Promise<Runtime> {
  const { pki, pods, onError } = options;
  const controllers = startControllers(loopback, pki, onError);
  try {
    const runner = pods && (await startPodRunner(loopback, { onError, ...pods }));
    return {
      podLogs: runner?.podLogs ?? { read: () => undefined },
      serviceAddress: async (...service) => runner?.serviceAddress(...service),
      async stop() {
        await runner?.stop();
        await controllers.stop();
      },
    };
  } catch (error) {
    await controllers.stop();
    throw error;
  }
}
