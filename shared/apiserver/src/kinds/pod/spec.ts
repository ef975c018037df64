import type { ApiObject, JsonObject } from "../../object/object.ts";

/** The parts of a Pod that defaulting, validation and tables look at; types are ensured by the decoder. */
export interface PodSpec extends JsonObject {
  nodeName?: string;
  restartPolicy?: string;
  dnsPolicy?: string;
  serviceAccountName?: string;
  serviceAccount?: string;
  terminationGracePeriodSeconds?: number;
  activeDeadlineSeconds?: number;
  containers?: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  tolerations?: JsonObject[];
}

export interface Container extends JsonObject {
  name?: string;
  image?: string;
  imagePullPolicy?: string;
  restartPolicy?: string;
  ports?: { name?: string; containerPort?: number; hostPort?: number; protocol?: string }[];
  env?: { name?: string; value?: string; valueFrom?: Record<string, JsonObject> }[];
  volumeMounts?: { name?: string; mountPath?: string }[];
  resources?: { limits?: Record<string, unknown>; requests?: Record<string, unknown> };
}

export interface Volume extends JsonObject {
  name?: string;
}

export interface ContainerStatus {
  name: string;
  ready?: boolean;
  started?: boolean;
  restartCount?: number;
  state?: {
    waiting?: { reason?: string };
    running?: JsonObject;
    terminated?: { reason?: string; exitCode?: number; signal?: number };
  };
}

export interface PodStatus extends JsonObject {
  phase?: string;
  reason?: string;
  podIP?: string;
  conditions?: { type: string; status: string }[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
}

export interface Pod extends ApiObject {
  spec?: PodSpec;
  status?: PodStatus;
}

/** Init containers and containers with the path of each. */
export function containersOf(spec: PodSpec): { container: Container; path: string }[] {
  return (["initContainers", "containers"] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ container, path: `spec.${list}[${index}]` })),
  );
}
