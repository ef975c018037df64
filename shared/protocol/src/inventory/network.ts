import type { MachineInventory, NetworkTemplate } from "@elemental/api";

/** What a new inventory takes over of the registration's network (registration-protocol 6.9). */
export function forwardNetwork(
  template: NetworkTemplate | undefined,
): Pick<NonNullable<MachineInventory["spec"]>, "network" | "ipAddressPools"> {
  const configurator = template?.configurator ?? "none";
  if (configurator === "none") return { network: { configurator } };
  return {
    network: { configurator, ...(template?.config !== undefined && { config: template.config }) },
    ...(template?.ipAddresses && { ipAddressPools: template.ipAddresses }),
  };
}

/** Whether the machine's network cannot be configured before an address was claimed for it (registration-protocol H17). */
export function awaitsAddresses({ spec }: MachineInventory): boolean {
  const { network, ipAddressPools = {} } = spec ?? {};
  if (!network || (network.configurator ?? "none") === "none") return false;
  return Object.keys(ipAddressPools).some((pool) => !network.ipAddresses?.[pool]);
}
