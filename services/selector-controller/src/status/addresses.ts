import { labels, type MachineAddress, type MachineInventory, type MachineInventorySelector } from "@elemental/api";

const labelled = [
  ["ExternalIP", labels.externalIP],
  ["InternalIP", labels.internalIP],
  ["Hostname", labels.hostname],
] as const;

/**
 * The addresses to publish: those of the inventory's labels, at most one of each type. Once Rancher has set the
 * providerID the list is its own, and without labels there is nothing to say; resources-and-controllers 2.3.5.
 */
export function addresses(
  selector: MachineInventorySelector,
  inventory: MachineInventory,
): MachineAddress[] | undefined {
  const published = selector.status?.addresses;
  if (selector.spec?.providerID) return published;
  const own = labelled.flatMap(([type, label]) => {
    const address = inventory.metadata.labels?.[label];
    return address ? [{ type, address }] : [];
  });
  return own.length > 0 ? own : published;
}
