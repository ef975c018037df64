import {
  conditionTypes,
  isTrue,
  labels,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  secrets,
  secretTypes,
} from "@elemental/api";
import type { Kube } from "@elemental/kube";

export interface Expected {
  namespace: string;
  machines: number;
  selectors: number;
}

/** What is not (yet) as it has to be when everything has settled; each is a sentence. */
export async function unsettled(kube: Kube, { namespace, machines, selectors }: Expected): Promise<string[]> {
  const [inventories, owners, plans] = await Promise.all([
    kube.list(machineInventories, { namespace }),
    kube.list(machineInventorySelectors, { namespace }),
    kube.list(secrets, { namespace, labelSelector: `${labels.managed}=true` }),
  ]);
  const identities = new Set(inventories.items.map(({ spec }) => spec?.machineHash ?? spec?.tpmHash));
  const planCount = plans.items.filter(({ type }) => type === secretTypes.plan).length;
  return [
    ...different("inventories", inventories.items.length, machines),
    ...different("machines with an inventory", identities.size, machines),
    ...different("plan Secrets", planCount, machines),
    ...different("selectors", owners.items.length, selectors),
    ...inventories.items.flatMap((inventory) => ofInventory(inventory, owners.items)),
    ...owners.items.flatMap((selector) => ofSelector(selector, inventories.items)),
  ];
}

function different(what: string, found: number, expected: number): string[] {
  return found === expected ? [] : [`${found} ${what} instead of ${expected}`];
}

function ofInventory({ metadata, status }: MachineInventory, selectors: MachineInventorySelector[]): string[] {
  const name = `inventory ${metadata.name}`;
  if (metadata.deletionTimestamp) return [`${name} is being deleted`];
  const owners = (metadata.ownerReferences ?? []).filter(({ kind }) => kind === machineInventorySelectors.kind);
  const [owner] = owners;
  const users = selectors.filter((selector) => selector.status?.machineInventoryRef?.name === metadata.name);
  const adopted = isTrue(status?.conditions, conditionTypes.adoptionReady);
  return [
    ...(isTrue(status?.conditions, conditionTypes.ready) ? [] : [`${name} is not Ready`]),
    ...(owners.length > 1 ? [`${name} has two owners`] : []),
    ...(users.length > 1 ? [`${name} is used by two selectors`] : []),
    ...(users[0]?.metadata.uid === owner?.uid ? [] : [`${name} and its owner disagree`]),
    ...(adopted === (owner !== undefined) ? [] : [`${name} is wrong about its adoption`]),
  ];
}

function ofSelector({ metadata, status }: MachineInventorySelector, inventories: MachineInventory[]): string[] {
  const name = `selector ${metadata.name}`;
  const bound = status?.machineInventoryRef?.name;
  const exists = inventories.some((inventory) => inventory.metadata.name === bound);
  const ready = isTrue(status?.conditions, conditionTypes.ready);
  return [...(ready ? [] : [`${name} is not Ready`]), ...(exists ? [] : [`${name} has no inventory`])];
}

/** Versions of everything our services write, by kind and name. */
export async function versions(kube: Kube, namespace: string): Promise<Record<string, string | undefined>> {
  const lists = await Promise.all([
    kube.list(machineInventories, { namespace }),
    kube.list(machineInventorySelectors, { namespace }),
    kube.list(secrets, { namespace }),
  ]);
  const objects = lists.flatMap(({ items }) => items.map(({ kind, metadata }) => ({ kind, metadata })));
  return Object.fromEntries(
    objects.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.resourceVersion]),
  );
}
