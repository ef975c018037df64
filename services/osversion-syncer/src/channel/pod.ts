import {
  type Container,
  type ContainerSecurityContext,
  controllerOwnerReference,
  isControlledBy,
  labels,
  type ManagedOSVersionChannel,
  managedOSVersionChannels,
  objectKey,
  type Pod,
  pods,
} from "@elemental/api";
import type { Operation } from "@elemental/controller";
import type { ChannelSource } from "./configuration.ts";
import type { ChannelSettings } from "./settings.ts";

export const runnerContainer = "runner";
export const displayContainer = "display";

/** How long a synchronization Pod may take. */
export const syncDeadlineMs = 300_000;

const outputVolume = "output";

/** User of the operator's image. */
const operatorUser = 10_010;

const restricted: ContainerSecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: operatorUser,
  seccompProfile: { type: "RuntimeDefault" },
};

/** The Pod that fetches a channel's list and shows it in the log of `display`; resources-and-controllers 2.6.3. */
export function syncPod(channel: ManagedOSVersionChannel, source: ChannelSource, settings: ChannelSettings): Pod {
  const volumeMounts = [{ name: outputVolume, mountPath: source.mountPath }];
  const operator = {
    image: settings.operatorImage,
    ...(settings.imagePullPolicy ? { imagePullPolicy: settings.imagePullPolicy } : {}),
    volumeMounts,
    securityContext: restricted,
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: channel.metadata.namespace,
      name: channel.metadata.name,
      // Lets us watch our own Pods only.
      labels: { [labels.managed]: "true" },
      ownerReferences: [controllerOwnerReference(channel, managedOSVersionChannels)],
    },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      activeDeadlineSeconds: syncDeadlineMs / 1000,
      volumes: [{ name: outputVolume, emptyDir: {} }],
      initContainers: [{ ...operator, ...runner(source, settings), name: runnerContainer, volumeMounts }],
      containers: [{ ...operator, name: displayContainer, args: ["display", "--file", source.outputFile] }],
    },
  };
}

function runner(source: ChannelSource, settings: ChannelSettings): Partial<Container> {
  if (source.type === "json") {
    return {
      args: ["download", "--url", source.uri, "--file", source.outputFile],
      env: [
        ...Object.entries(settings.proxyEnv).map(([name, value]) => ({ name, value })),
        ...(source.timeout ? [{ name: "ELEMENTAL_TIMEOUT", value: source.timeout }] : []),
      ],
    };
  }
  return {
    image: source.image ?? "",
    imagePullPolicy: "Always",
    command: source.command,
    args: source.args,
    env: source.envs,
    envFrom: source.envFrom,
    securityContext: undefined,
  };
}

/** Whether the Pod of the channel's name was made for it. */
export function isPodOf(channel: ManagedOSVersionChannel, pod: Pod | undefined): boolean {
  return pod !== undefined && isControlledBy(pod, channel);
}

/** Deletes the channel's Pod if there is one that does not end yet; a Pod of others is left alone. */
export function deletePod(channel: ManagedOSVersionChannel, pod: Pod | undefined): Operation[] {
  if (!pod || !isPodOf(channel, pod) || pod.metadata.deletionTimestamp) return [];
  return [{ kind: "delete", type: pods, key: objectKey(pod), options: { uid: pod.metadata.uid } }];
}

/** False after an upgrade of the operator: its Pod would run the old program. */
export function hasOperatorImage(pod: Pod, settings: ChannelSettings): boolean {
  return pod.spec?.containers.find(({ name }) => name === displayContainer)?.image === settings.operatorImage;
}
