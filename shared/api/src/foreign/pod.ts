import type { KubeObject, ResourceType } from "../meta.ts";
import type { EnvFromSource, EnvVar } from "../schema/container.ts";

export interface VolumeMount {
  name: string;
  mountPath: string;
  subPath?: string;
  readOnly?: boolean;
}

/** The fields of a container's security context that we set. */
export interface ContainerSecurityContext {
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: { type: string; localhostProfile?: string };
}

export interface Container {
  name: string;
  image: string;
  imagePullPolicy?: string;
  command?: string[];
  args?: string[];
  workingDir?: string;
  env?: EnvVar[];
  envFrom?: EnvFromSource[];
  ports?: { name?: string; containerPort: number; protocol?: string }[];
  volumeMounts?: VolumeMount[];
  resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> };
  securityContext?: ContainerSecurityContext;
  terminationMessagePolicy?: "File" | "FallbackToLogsOnError";
  readinessProbe?: { tcpSocket?: { port: number | string }; periodSeconds?: number };
}

export interface Volume {
  name: string;
  emptyDir?: { sizeLimit?: string | number; medium?: string };
  configMap?: { name: string; items?: { key: string; path: string; mode?: number }[]; optional?: boolean };
  secret?: { secretName: string; items?: { key: string; path: string; mode?: number }[]; optional?: boolean };
  hostPath?: { path: string; type?: string };
}

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";

export interface ContainerStatus {
  name: string;
  ready?: boolean;
  restartCount?: number;
  state?: {
    waiting?: { reason?: string; message?: string };
    running?: { startedAt?: string };
    terminated?: { exitCode: number; reason?: string; message?: string; startedAt?: string; finishedAt?: string };
  };
}

export interface Pod extends KubeObject {
  apiVersion: "v1";
  kind: "Pod";
  spec?: {
    containers: Container[];
    initContainers?: Container[];
    volumes?: Volume[];
    restartPolicy?: "Always" | "OnFailure" | "Never";
    activeDeadlineSeconds?: number;
    automountServiceAccountToken?: boolean;
    serviceAccountName?: string;
    nodeName?: string;
    securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; runAsGroup?: number; fsGroup?: number };
  };
  status?: {
    phase?: PodPhase;
    reason?: string;
    message?: string;
    podIP?: string;
    startTime?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

export const pods: ResourceType<Pod> = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
