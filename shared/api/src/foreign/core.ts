import type { KubeObject, ObjectMeta, ResourceType } from "../meta.ts";

interface Core extends KubeObject {
  apiVersion: "v1";
  metadata: ObjectMeta;
}

/** `data` is base64; `stringData` is written only. */
export interface Secret extends Core {
  kind: "Secret";
  type?: string;
  immutable?: boolean;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

export interface ConfigMap extends Core {
  kind: "ConfigMap";
  data?: Record<string, string>;
  /** Values are base64. */
  binaryData?: Record<string, string>;
}

export interface Service extends Core {
  kind: "Service";
  spec?: {
    type?: string;
    clusterIP?: string;
    clusterIPs?: string[];
    selector?: Record<string, string>;
    ports?: { name?: string; protocol?: string; port: number; targetPort?: number | string }[];
  };
}

export interface ServiceAccount extends Core {
  kind: "ServiceAccount";
  automountServiceAccountToken?: boolean;
}

export interface Namespace extends Core {
  kind: "Namespace";
  status?: { phase?: "Active" | "Terminating" };
}

/** An Event of core/v1. Times are RFC 3339; `eventTime` has microseconds. */
export interface Event extends Core {
  kind: "Event";
  involvedObject: {
    apiVersion?: string;
    kind?: string;
    namespace?: string;
    name?: string;
    uid?: string;
    resourceVersion?: string;
    fieldPath?: string;
  };
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  source?: { component?: string; host?: string };
  reportingComponent?: string;
  reportingInstance?: string;
}

function coreKind<T extends KubeObject>(kind: string, plural: string, namespaced = true): ResourceType<T> {
  return { group: "", version: "v1", kind, plural, namespaced };
}

export const secrets = coreKind<Secret>("Secret", "secrets");
export const configMaps = coreKind<ConfigMap>("ConfigMap", "configmaps");
export const services = coreKind<Service>("Service", "services");
export const serviceAccounts = coreKind<ServiceAccount>("ServiceAccount", "serviceaccounts");
export const namespaces = coreKind<Namespace>("Namespace", "namespaces", false);
export const events = coreKind<Event>("Event", "events");
