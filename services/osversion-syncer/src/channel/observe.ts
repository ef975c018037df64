import {
  isControlledBy,
  type ManagedOSVersion,
  type ManagedOSVersionChannel,
  managedOSVersionChannels,
  managedOSVersions,
  objectKey,
  type Pod,
  pods,
} from "@elemental/api";
import { isKubeError, type Kube } from "@elemental/kube";
import { maxPayloadBytes } from "./payload.ts";
import { displayContainer, runnerContainer } from "./pod.ts";

/** What the decision about a channel rests on. */
export interface ObservedChannel {
  channel: ManagedOSVersionChannel;
  /** The Pod of the channel's name, whoever owns it. */
  pod: Pod | undefined;
  /** All versions of the namespace; read only when the decision needs them. */
  versions: ManagedOSVersion[];
  /** The list that a succeeded Pod printed. */
  payload: string | undefined;
  /** The end of what a failed download printed. */
  failureLog: string | undefined;
}

const failureLogBytes = 1024;

export async function observeChannel(
  kube: Pick<Kube, "get" | "list" | "podLog">,
  cached: ManagedOSVersionChannel,
): Promise<ObservedChannel> {
  const key = objectKey(cached);
  // A Pod event can overtake the watch of channels: the status it is judged by must not be older than the Pod.
  const [channel, pod] = await Promise.all([kube.get(managedOSVersionChannels, key), findPod(kube, cached)]);
  const isOwn = pod !== undefined && isControlledBy(pod, channel);
  const phase = isOwn ? pod.status?.phase : undefined;
  const needsVersions = channel.spec?.enabled === false || phase === "Succeeded";
  const hasLog = phase === "Failed" && channel.spec?.type?.toLowerCase() === "json" && hasRunnerFailed(pod);
  return {
    channel,
    pod,
    versions: needsVersions ? (await kube.list(managedOSVersions, { namespace: key.namespace })).items : [],
    payload: phase === "Succeeded" ? await kube.podLog(key, displayContainer, maxPayloadBytes + 1) : undefined,
    failureLog: hasLog ? await failureLog(kube, channel) : undefined,
  };
}

async function findPod(kube: Pick<Kube, "get">, channel: ManagedOSVersionChannel): Promise<Pod | undefined> {
  try {
    return await kube.get(pods, objectKey(channel));
  } catch (error) {
    if (isKubeError(error, "NotFound")) return undefined;
    throw error;
  }
}

function hasRunnerFailed(pod: Pod | undefined): boolean {
  const runner = pod?.status?.initContainerStatuses?.find(({ name }) => name === runnerContainer);
  return (runner?.state?.terminated?.exitCode ?? 0) !== 0;
}

/** Only our own download is quoted: what a user's container prints is not ours to publish. */
async function failureLog(kube: Pick<Kube, "podLog">, channel: ManagedOSVersionChannel): Promise<string | undefined> {
  try {
    return (await kube.podLog(objectKey(channel), runnerContainer, failureLogBytes)).trim();
  } catch {
    // The Pod may be gone already; its status says less, but enough.
    return undefined;
  }
}
