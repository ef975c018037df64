import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { hostAddress, mapPorts, type PortMap } from "../addresses.ts";
import type { DataSources, PodAddresses } from "../environment.ts";
import type { Pod } from "../pod.ts";
import { makeVolumes } from "../volumes.ts";
import type { PodHost } from "./host.ts";
import { namespaceSources } from "./sources.ts";

/** What the containers of one Pod share. */
export interface Sandbox {
  pod: Pod;
  /** Of the Pod, on this machine. */
  directory: string;
  host: Pick<PodHost, "isolation" | "identity" | "launcher">;
  addresses: PodAddresses;
  ports: PortMap;
  /** Volume name -> directory. */
  volumes: ReadonlyMap<string, string>;
  sources: DataSources;
}

/** Makes what a Pod's containers share: its directory, volumes and ports. Throws a VolumeError. */
export async function prepareSandbox(host: PodHost, pod: Pod, directory: string, podIP: string): Promise<Sandbox> {
  const sources = namespaceSources(host.loopback, pod.metadata.namespace ?? "");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const volumes = await makeVolumes(join(directory, "volumes"), pod.spec.volumes ?? [], sources);
  const ports = await mapPorts(pod, podIP);
  const addresses = { podIP, hostIP: hostAddress };
  return { pod, directory, host, addresses, ports, volumes, sources };
}
