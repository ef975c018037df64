import type { ApiObject } from "../../object/object.ts";
import { invalidObject } from "../../status/errors.ts";
import { invalid } from "../../status/field-error.ts";
import { hasNodePorts, type Service, type ServiceSpec } from "./spec.ts";

/** 10.96.0.0/16, the usual range of cluster addresses; nothing listens there. */
const network = "10.96.";
const addresses = 0xffff;
/** The usual range of node ports. */
const nodePorts = { from: 30_000, to: 32_767 };

/** Gives a Service its cluster address and node ports, unless it brings its own. Throws 422 for one out of range. */
export function allocateAddresses(service: Service, others: readonly ApiObject[]): void {
  const { spec = {} } = service;
  const taken = (others as readonly Service[]).map((other) => other.spec ?? {});
  if (spec.type === "ExternalName") return;
  const used = new Set(taken.map(({ clusterIP }) => clusterIP));
  spec.clusterIP ||= firstFree(used);
  checkAddress(service, spec.clusterIP, used);
  spec.clusterIPs = [spec.clusterIP];
  spec.ipFamilies ??= ["IPv4"];
  spec.ipFamilyPolicy ??= "SingleStack";
  allocateNodePorts(spec, taken);
}

function firstFree(used: ReadonlySet<string | undefined>): string {
  for (let index = 2; index < addresses; index++) {
    const address = `${network}${index >> 8}.${index & 0xff}`;
    if (!used.has(address)) return address;
  }
  throw new Error("all cluster addresses are taken; delete Services");
}

function checkAddress({ metadata }: Service, address: string, used: ReadonlySet<string | undefined>): void {
  if (address === "None") return;
  const isInRange = address.startsWith(network) && /^\d+\.\d+\.\d+\.\d+$/.test(address);
  if (isInRange && !used.has(address)) return;
  const why = isInRange ? "provided IP is already allocated" : "the provided network does not match the current range";
  const error = invalid("spec.clusterIPs", [address], `failed to allocate IP ${address}: ${why}`);
  throw invalidObject({ group: "", name: "Service" }, metadata.name, [error]);
}

/** Node ports for the ports that need one; of other types they are taken away. */
export function allocateNodePorts(spec: ServiceSpec, others: readonly ServiceSpec[]): void {
  const used = new Set(others.flatMap(({ ports = [] }) => ports.map(({ nodePort }) => nodePort)));
  for (const port of spec.ports ?? []) {
    if (!hasNodePorts(spec)) delete port.nodePort;
    else {
      port.nodePort ||= firstFreePort(used);
      used.add(port.nodePort);
    }
  }
}

function firstFreePort(used: ReadonlySet<number | undefined>): number {
  for (let port = nodePorts.from; port <= nodePorts.to; port++) if (!used.has(port)) return port;
  throw new Error("all node ports are taken; delete Services");
}
