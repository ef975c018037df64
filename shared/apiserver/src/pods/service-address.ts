import type { KubeObject } from "@elemental/api";
import { collections } from "../client/kinds.ts";
import type { Loopback } from "../loopback.ts";
import type { Pod } from "./pod.ts";

interface ServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
}

interface Service extends KubeObject {
  spec?: { selector?: Record<string, string>; ports?: ServicePort[] };
}

export interface ServiceAddress {
  host: string;
  port: number;
}

/** Where a container port of a Pod that runs here is listened on. */
export type ActualPort = (pod: Pod, containerPort: number) => number;

/**
 * Where one ready Pod behind the Service listens for `port` (number or name): what cluster DNS and the Service's
 * address do on a real cluster. Undefined when there is no such Service or port, or no ready Pod.
 */
export async function findServiceAddress(
  loopback: Loopback,
  key: { namespace: string; name: string },
  port: number | string,
  actualPort: ActualPort,
): Promise<ServiceAddress | undefined> {
  const service = (await loopback.get(collections.services, key.namespace, key.name)) as Service | undefined;
  const servicePort = service?.spec?.ports?.find((p) => p.port === port || p.name === port);
  const selector = Object.entries(service?.spec?.selector ?? {});
  if (!servicePort || selector.length === 0) return undefined;
  const pods = (await loopback.list(collections.pods, key.namespace)) as Pod[];
  const pod = pods.find((p) => isReady(p) && selector.every(([label, value]) => p.metadata.labels?.[label] === value));
  const containerPort = pod && targetPort(servicePort, pod);
  const host = pod?.status?.podIP;
  if (!pod || !host || containerPort === undefined) return undefined;
  return { host, port: actualPort(pod, containerPort) };
}

function isReady({ metadata, status }: Pod): boolean {
  const ready = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True");
  return ready === true && !metadata.deletionTimestamp;
}

function targetPort({ port, targetPort = port }: ServicePort, pod: Pod): number | undefined {
  if (typeof targetPort === "number") return targetPort;
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []);
  return ports.find(({ name }) => name === targetPort)?.containerPort;
}
