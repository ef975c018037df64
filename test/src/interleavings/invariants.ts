import {
  annotations,
  conditionTypes,
  controllerOf,
  formatKey,
  isControlledBy,
  isTrue,
  type KubeObject,
  labelRequirements,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  machineRegistrations,
  matchesRequirements,
  objectKey,
  planTypes,
  roleBindings,
  roles,
  type Secret,
  secrets,
  secretTypes,
  serviceAccounts,
} from "@elemental/api";
import type { MemoryKube, StoredEvent } from "@elemental/kube/testing";
import { planChecksum } from "./agents.ts";
import type { World } from "./world.ts";

/** What must hold at every change; each violation is a sentence. */
export class Watchdog {
  readonly violations: string[] = [];
  readonly #world: World;
  readonly #inventories = new Map<string, MachineInventory>();
  readonly #plans = new Map<string, Secret>();
  /** Namespaces of all selectors that ever were, by UID. */
  readonly #selectors = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
    const { kube } = world;
    kube.onStored(machineInventorySelectors, ({ object }) => {
      this.#selectors.set(object.metadata.uid ?? "", object.metadata.namespace ?? "");
    });
    kube.onStored(secrets, (event) => this.#planStored(event));
    kube.onStored(machineInventories, (event) => this.#inventoryStored(event));
  }

  #planStored({ type, object }: StoredEvent): void {
    const key = formatKey(objectKey(object));
    const plan = object as unknown as Secret;
    const before = this.#plans.get(key);
    if (type === "DELETED") this.#plans.delete(key);
    else this.#plans.set(key, plan);
    if (isBootstrap(plan) && before?.data?.["plan"] !== plan.data?.["plan"]) this.#provisioned(plan);
  }

  /** Only the selector that owns the machine provisions it. */
  #provisioned(plan: Secret): void {
    const inventory = [...this.#inventories.values()].find((inventory) => isControlledBy(plan, inventory));
    if (!inventory) return;
    const owner = inventory.metadata.ownerReferences?.find(({ kind }) => kind === machineInventorySelectors.kind);
    const { files } = JSON.parse(Buffer.from(plan.data?.["plan"] ?? "", "base64").toString());
    const script = Buffer.from(files[0].content, "base64").toString();
    if (script !== owner?.name) this.#violated(`provisioned by ${script}, owned by ${owner?.name}`, inventory);
  }

  #inventoryStored({ type, object, previous }: StoredEvent): void {
    const inventory = object as unknown as MachineInventory;
    const before = previous as unknown as MachineInventory | undefined;
    const uid = inventory.metadata.uid ?? "";
    if (type === "DELETED") {
      this.#inventories.delete(uid);
      this.#removed(inventory);
      return;
    }
    this.#inventories.set(uid, inventory);
    this.#owned(inventory);
    const owners = selectorsOf(before);
    for (const owner of selectorsOf(inventory)) if (!owners.includes(owner)) this.#claimed(inventory, before, owner);
    if (before && owners.length > 0 && selectorsOf(inventory).length === 0) this.#released(inventory);
  }

  #owned(inventory: MachineInventory): void {
    const owners = selectorsOf(inventory);
    if (owners.length > 1) this.#violated("two selectors own one inventory", inventory);
    const controllers = (inventory.metadata.ownerReferences ?? []).filter(({ controller }) => controller);
    if (controllers.length > 1) this.#violated("two controllers own one inventory", inventory);
    const [owner] = owners;
    const rivals = [...this.#inventories.values()].filter((other) => {
      return owner !== undefined && selectorsOf(other).includes(owner) && !other.metadata.deletionTimestamp;
    });
    if (rivals.length > 1) this.#violated("one selector owns two inventories", inventory);
  }

  #claimed(inventory: MachineInventory, before: MachineInventory | undefined, owner: string): void {
    if (before?.metadata.deletionTimestamp) this.#violated("adopted while being deleted", inventory);
    if (selectorsOf(before).length > 0) this.#violated("taken from another selector", inventory);
    if (before?.metadata.annotations?.[annotations.paused]) this.#violated("adopted while paused", inventory);
    if (this.#selectors.get(owner) !== inventory.metadata.namespace) {
      this.#violated("adopted from another namespace", inventory);
    }
    const plan = this.#plans.get(formatKey(objectKey(inventory)));
    const type = plan?.metadata.annotations?.[annotations.planType];
    if (type !== planTypes.empty) this.#violated(`adopted with a plan of type ${type}`, inventory);
  }

  #released(inventory: MachineInventory): void {
    const plan = this.#plans.get(formatKey(objectKey(inventory)));
    if (plan === undefined || !isBootstrap(plan)) return;
    if (!inventory.metadata.deletionTimestamp) this.#violated("a provisioned machine became free", inventory);
  }

  /** The reset of a resettable machine was done before its inventory went, unless the machine was declared gone. */
  #removed(inventory: MachineInventory): void {
    const { [annotations.resettable]: resettable, [annotations.machineGone]: gone } =
      inventory.metadata.annotations ?? {};
    if (resettable !== "true" || gone === "true") return;
    const plan = this.#plans.get(formatKey(objectKey(inventory)));
    const reset = plan?.metadata.annotations?.[annotations.planType] === planTypes.reset;
    const applied = plan && this.#world.agents.applied.get(plan.metadata.uid ?? "")?.has(planChecksum(plan));
    if (!reset || !applied || !isControlledBy(plan, inventory)) this.#violated("gone without a reset", inventory);
  }

  #violated(what: string, inventory: MachineInventory): void {
    this.violations.push(`${what}: inventory ${formatKey(objectKey(inventory))}`);
  }
}

/** What must hold once nothing happens any more; each violation is a sentence. */
export async function restViolations(kube: MemoryKube): Promise<string[]> {
  const { items: inventories } = await kube.list(machineInventories);
  const { items: selectors } = await kube.list(machineInventorySelectors);
  const violations = [
    ...inventories.flatMap((inventory) => restOfInventory(inventory, selectors)),
    ...selectors.flatMap((selector) => restOfSelector(selector, inventories)),
    ...(await orphans(kube)),
  ];
  for (const registration of (await kube.list(machineRegistrations)).items) {
    if (!isTrue(registration.status?.conditions, conditionTypes.ready)) violations.push(of("not ready", registration));
  }
  return violations;
}

function restOfInventory(inventory: MachineInventory, selectors: MachineInventorySelector[]): string[] {
  const { metadata, status } = inventory;
  if (metadata.deletionTimestamp) return [of("never goes", inventory)];
  const [owner] = selectorsOf(inventory);
  const adopted = isTrue(status?.conditions, conditionTypes.adoptionReady);
  const violations = isTrue(status?.conditions, conditionTypes.ready) ? [] : [of("its plan is not applied", inventory)];
  if (adopted !== (owner !== undefined)) violations.push(of(`adoption is ${adopted}, owner is ${owner}`, inventory));
  if (owner === undefined) return violations;
  const selector = selectors.find(({ metadata }) => metadata.uid === owner);
  if (selector?.status?.machineInventoryRef?.name !== metadata.name) {
    violations.push(of("its owner does not know it", inventory));
  }
  return violations;
}

function restOfSelector(selector: MachineInventorySelector, inventories: MachineInventory[]): string[] {
  const { metadata, status, spec } = selector;
  if (metadata.annotations?.[annotations.paused]) return [];
  const bound = status?.machineInventoryRef?.name;
  const requirements = labelRequirements(spec?.selector ?? {});
  const free = inventories.filter((inventory) => {
    const { namespace, labels, annotations: own, ownerReferences = [] } = inventory.metadata;
    const fits = namespace === metadata.namespace && matchesRequirements(requirements, labels);
    return fits && ownerReferences.length === 0 && !own?.[annotations.paused];
  });
  if (!bound) return free.length > 0 ? [of("waits although an inventory is free", selector)] : [];
  const own = inventories.find(({ metadata: { name, namespace } }) => {
    return name === bound && namespace === metadata.namespace;
  });
  if (own && selectorsOf(own).includes(metadata.uid ?? "")) {
    return isTrue(status?.conditions, conditionTypes.ready) ? [] : [of("not ready", selector)];
  }
  if (!status?.bootstrapPlanChecksum) return [of("bound to what is not its own", selector)];
  return isTrue(status.conditions, conditionTypes.ready) ? [of("does not tell its loss", selector)] : [];
}

async function orphans(kube: MemoryKube): Promise<string[]> {
  const plans = (await kube.list(secrets)).items.filter(({ type }) => type === secretTypes.plan);
  const inventories = (await kube.list(machineInventories)).items;
  const dependents: KubeObject[] = [
    ...(await kube.list(secrets)).items,
    ...(await kube.list(serviceAccounts)).items,
    ...(await kube.list(roles)).items,
    ...(await kube.list(roleBindings)).items,
  ];
  const owners = [...inventories, ...(await kube.list(machineRegistrations)).items];
  const left = dependents
    .filter((object) => controllerOf(object))
    .filter((object) => !owners.some((owner) => isControlledBy(object, owner)));
  const missing = inventories.length - plans.length;
  return [...left.map((object) => of("is an orphan", object)), ...(missing ? [`${missing} plans are missing`] : [])];
}

function isBootstrap({ metadata }: Secret): boolean {
  return metadata.annotations?.[annotations.planType] === planTypes.bootstrap;
}

function selectorsOf(inventory: MachineInventory | undefined): string[] {
  const owners = inventory?.metadata.ownerReferences ?? [];
  return owners.filter(({ kind }) => kind === machineInventorySelectors.kind).map(({ uid }) => uid);
}

function of(what: string, object: KubeObject): string {
  return `${object.kind} ${formatKey(objectKey(object))} ${what}`;
}
