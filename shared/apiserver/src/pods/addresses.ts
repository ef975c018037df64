import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";
import type { Pod } from "./pod.ts";

/** Where processes on this machine reach the host: the address of the node. */
export const hostAddress = "127.0.0.1";

/** A loopback address not in `taken`; random, so that two runners on one machine do not meet. */
export function newPodAddress(taken: ReadonlySet<string>): string {
  for (;;) {
    const address = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
    if (!taken.has(address)) return address;
  }
}

/** Container port -> port really listened on. */
export type PortMap = ReadonlyMap<number, number>;

/**
 * Decides where each declared container port of a Pod is listened on: the port itself, or a free one when it cannot be
 * had (low ports without the right to them, or somebody listening on all addresses).
 */
export async function mapPorts(pod: Pod, address: string): Promise<PortMap> {
  const ports = new Map<number, number>();
  for (const { containerPort } of pod.spec.containers.flatMap((container) => container.ports ?? [])) {
    ports.set(containerPort, (await freePort(address, containerPort)) ?? (await freePort(address, 0)) ?? containerPort);
  }
  return ports;
}

/** ELEMENTAL_LISTEN_80=127.1.2.3:80 and so on: where a server for a container port is expected. */
export function listenVariables(address: string, ports: PortMap): [string, string][] {
  return [...ports].map(([port, actual]) => [`ELEMENTAL_LISTEN_${port}`, `${address}:${actual}`]);
}

async function freePort(host: string, port: number): Promise<number | undefined> {
  const server: Server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
    const address = server.address();
    return typeof address === "object" ? address?.port : undefined;
  } catch {
    return undefined;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
