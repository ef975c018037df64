import {
  annotations,
  labelRequirements,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  matchesRequirements,
  objectKey,
  type Requirement,
  SelectorError,
} from "@elemental/api";
import { type Informer, isKubeError } from "@elemental/kube";
import { byPreference, isFree } from "./adoption/candidates.ts";
import type { FreeInventories } from "./adoption/free-inventories.ts";
import { isOwnedBy } from "./adoption/ownership.ts";
import type { Reservations } from "./adoption/reservations.ts";
import { isAdopted, isClaiming, lossOf, rejectionOf } from "./adoption/validation.ts";
import type { WaitingSelectors } from "./adoption/waiting-selectors.ts";
import { type BootstrapReader, readBootstrapInputs } from "./bootstrap/inputs.ts";
import { indexes } from "./indexes.ts";
import type { Choice, Observation } from "./observation.ts";

export interface ObserveDependencies extends BootstrapReader {
  inventories: Pick<Informer<MachineInventory>, "get" | "byIndex">;
  free: FreeInventories;
  /** Those that nobody approved yet. */
  unapproved: FreeInventories;
  reservations: Reservations;
  waiting: WaitingSelectors;
}

/** Does all reads of a run. */
export function observer(
  dependencies: ObserveDependencies,
): (object: MachineInventorySelector) => Promise<Observation> {
  return async (selector) => {
    dependencies.waiting.ran(objectKey(selector));
    const { deletionTimestamp, annotations: own } = selector.metadata;
    if (deletionTimestamp !== undefined || own?.[annotations.paused] !== undefined) return { phase: "ignored" };
    const bound = selector.status?.machineInventoryRef?.name;
    if (bound) return observeBound(dependencies, selector, bound);
    return { phase: "unbound", selector, choice: await choose(dependencies, selector) };
  };
}

/** Chooses an inventory for the selector, not the one called `except`. */
async function choose(
  dependencies: ObserveDependencies,
  selector: MachineInventorySelector,
  except?: string,
): Promise<Choice> {
  const { metadata, spec } = selector;
  const [own] = dependencies.inventories
    .byIndex(indexes.selector, metadata.uid ?? "")
    .filter(({ metadata: { deletionTimestamp, name } }) => deletionTimestamp === undefined && name !== except)
    .sort(byPreference);
  if (own) return { kind: "reuse", inventory: own };
  try {
    return await chooseFree(dependencies, selector, { requirements: labelRequirements(spec?.selector ?? {}), except });
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    return { kind: "invalid", message: `failed to convert spec to a label selector: ${error.message}` };
  }
}

async function chooseFree(
  { free, unapproved, planSecrets, reservations }: ObserveDependencies,
  { metadata }: MachineInventorySelector,
  { requirements, except }: { requirements: Requirement[]; except: string | undefined },
): Promise<Choice> {
  let contended = false;
  for (const inventory of free.matching(metadata.namespace ?? "", requirements)) {
    if (inventory.metadata.name === except) continue;
    if (!reservations.take(inventory.metadata.uid ?? "", metadata.uid ?? "")) contended = true;
    else if (await planSecrets.isEmpty(inventory)) return { kind: "claim", inventory };
  }
  const held = [...unapproved.matching(metadata.namespace ?? "", requirements)].map(({ metadata }) => metadata.name);
  return { kind: "none", contended, unapproved: held };
}

async function observeBound(
  dependencies: ObserveDependencies,
  selector: MachineInventorySelector,
  name: string,
): Promise<Observation> {
  const inventory = await readInventory(dependencies, selector, name);
  const claimable = inventory !== undefined && (await isClaimable(dependencies, selector, inventory));
  const rejection = isClaiming(selector) && !claimable ? rejectionOf(selector, inventory) : undefined;
  if (rejection !== undefined) {
    return { phase: "unbound", selector, choice: await choose(dependencies, selector, name), rejection };
  }
  const needed = inventory && isAdopted(selector, inventory) && (await needsPlan(dependencies, selector, inventory));
  const bootstrap = needed ? await readBootstrapInputs(dependencies, selector, inventory) : undefined;
  return { phase: "bound", selector, inventory, claimable, bootstrap };
}

async function isClaimable(
  { planSecrets }: ObserveDependencies,
  selector: MachineInventorySelector,
  inventory: MachineInventory,
): Promise<boolean> {
  if (!isClaiming(selector) || !isFree(inventory)) return false;
  return matches(selector, inventory) && planSecrets.isEmpty(inventory);
}

function matches({ spec }: MachineInventorySelector, { metadata }: MachineInventory): boolean {
  try {
    return matchesRequirements(labelRequirements(spec?.selector ?? {}), metadata.labels);
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
}

// The plan is written once; again only when its Secret was lost and made anew (2.2.2).
async function needsPlan(
  { planSecrets }: ObserveDependencies,
  selector: MachineInventorySelector,
  inventory: MachineInventory,
): Promise<boolean> {
  const { plan } = inventory.status ?? {};
  const written = selector.status?.bootstrapPlanChecksum;
  if (!plan?.secretRef?.name) return false;
  return !written || (plan.checksum !== written && (await planSecrets.isEmpty(inventory)));
}

async function readInventory(
  { kube, inventories }: ObserveDependencies,
  selector: MachineInventorySelector,
  name: string,
): Promise<MachineInventory | undefined> {
  const key = { namespace: selector.metadata.namespace ?? "", name };
  const cached = inventories.get(key);
  if (cached && isOwnedBy(cached, selector) && lossOf(selector, cached) === undefined) return cached;
  // The cache may lag behind the selector; that it does not own the inventory must be confirmed by the API server.
  return kube.get(machineInventories, key).catch((error: unknown) => {
    if (isKubeError(error, "NotFound")) return undefined;
    throw error;
  });
}
