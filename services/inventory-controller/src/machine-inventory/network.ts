import {
  apiVersionOf,
  type ConditionInput,
  conditionTypes,
  controllerOwnerReference,
  findCondition,
  type IPAddressClaim,
  ipAddressClaims,
  isControlledBy,
  type MachineInventory,
  machineInventories,
  type ObjectReference,
  objectKey,
  reasons,
} from "@elemental/api";
import type { Operation } from "@elemental/controller";
import type { ObservedAddresses, ObservedInventory, ObservedPool } from "./observed.ts";

type Pool = NonNullable<NonNullable<MachineInventory["spec"]>["ipAddressPools"]>[string];

/** What is known of the machine's addresses, and what to do about them. */
export interface NetworkDecision {
  conditions: ConditionInput[];
  operations?: Operation[];
  requeueAfterMs?: number;
  /** Why the run backs off. */
  problem?: string;
}

const { networkConfigReady, ready } = conditionTypes;
const reason = reasons.machineInventory;
const minPollMs = 1000;
const maxPollMs = 30_000;

/** The pools from which the machine has no address yet. */
export function pendingPools({ spec }: MachineInventory): [string, Pool][] {
  const addresses = spec?.network?.ipAddresses ?? {};
  return Object.entries(spec?.ipAddressPools ?? {}).filter(([key]) => !addresses[key]);
}

/** Name of the claim for one pool key. */
export function claimName(inventory: MachineInventory, key: string): string {
  return `${inventory.metadata.name}-${key}`;
}

/** What is reported of a machine that has all its addresses. */
export const networkReady: ConditionInput = {
  type: networkConfigReady,
  status: "True",
  reason: reason.reconcilingNetworkConfig,
  message: "NetworkConfig is ready",
};

/** Claims addresses and records them (resources-and-controllers 2.2.3 with its hardening). */
export function decideNetwork(observed: ObservedInventory, addresses: ObservedAddresses, now: Date): NetworkDecision {
  const { inventory } = observed;
  const pools = pendingPools(inventory);
  const incomplete = pools.find(([, pool]) => !pool.apiGroup);
  // Only a change of the inventory can mend this, so there is nothing to retry.
  if (incomplete) return { conditions: [failure(`pool ${incomplete[0]}: apiGroup is required`)] };
  if (addresses.version === undefined) {
    const conditions = [failure("the API of IP address management is not served; install a Cluster API IPAM provider")];
    return { conditions, requeueAfterMs: maxPollMs };
  }
  const claims = pools.map(([key, pool]) =>
    claimOf(inventory, { key, pool, version: addresses.version ?? "" }, addresses),
  );
  const problem = claims.find((claim) => claim.problem !== undefined)?.problem;
  if (problem !== undefined) return { conditions: [failure(problem)], problem };
  const operations = claims.flatMap(({ operation }) => operation ?? []);
  return progress(observed, addresses, { keys: pools.map(([key]) => key), operations, now });
}

interface Claiming {
  key: string;
  pool: Pool;
  version: string;
}

/** Neither when the claim is there and right. */
type ClaimDecision = { operation?: Operation; problem?: string };

function claimOf(inventory: MachineInventory, claiming: Claiming, addresses: ObservedAddresses): ClaimDecision {
  const claim = addresses.pools[claiming.key]?.claim;
  const name = claimName(inventory, claiming.key);
  if (claim === undefined) {
    return {
      operation: { kind: "create", type: ipAddressClaims(claiming.version), object: newClaim(inventory, claiming) },
    };
  }
  if (claim.metadata.deletionTimestamp) return { problem: `Waiting for IPAddressClaim deletion '${name}'` };
  if (!isControlledBy(claim, inventory)) {
    return { problem: `IPAddressClaim '${name}' exists and does not belong to this MachineInventory` };
  }
  const { apiGroup, kind, name: pool } = claim.spec.poolRef;
  const { pool: wanted } = claiming;
  if (apiGroup === wanted.apiGroup && kind === wanted.kind && pool === wanted.name) return {};
  return { problem: `IPAddressClaim '${name}' claims from another pool; delete it` };
}

function newClaim(inventory: MachineInventory, { key, pool, version }: Claiming): IPAddressClaim {
  const { namespace = "" } = inventory.metadata;
  const owner = { ...controllerOwnerReference(inventory, machineInventories), blockOwnerDeletion: true };
  return {
    apiVersion: apiVersionOf(ipAddressClaims(version)),
    kind: "IPAddressClaim",
    metadata: { name: claimName(inventory, key), namespace, ownerReferences: [owner] },
    spec: { poolRef: { apiGroup: pool.apiGroup ?? "", kind: pool.kind, name: pool.name } },
  };
}

function progress(
  { inventory }: ObservedInventory,
  { pools }: ObservedAddresses,
  { keys, operations, now }: { keys: string[]; operations: Operation[]; now: Date },
): NetworkDecision {
  const needed = {
    type: ready,
    status: "False",
    reason: reason.reconcilingNetworkConfig,
    message: "NetworkConfig needs reconcile",
  } as const;
  const missing = keys.find((key) => pools[key]?.address === undefined);
  const record = recordInSpec(inventory, keys, pools);
  const conditions: ConditionInput[] = missing === undefined ? [needed] : [waiting(inventory, missing), needed];
  return {
    conditions,
    operations: [...operations, ...record],
    // The next run follows from the change of the specification, or from the claim.
    ...(missing !== undefined && { requeueAfterMs: pollMs(inventory, now) }),
  };
}

function recordInSpec(
  inventory: MachineInventory,
  keys: string[],
  pools: Readonly<Record<string, ObservedPool>>,
): Operation[] {
  const known = inventory.spec?.ipAddressClaims ?? {};
  const claims = keys.flatMap((key) => {
    const claim = pools[key]?.claim;
    return claim === undefined || known[key]?.uid === claim.metadata.uid ? [] : [[key, referenceTo(claim)] as const];
  });
  const complete = keys.every((key) => pools[key]?.address !== undefined);
  const found = complete ? keys.flatMap((key) => [[key, pools[key]?.address?.spec.address] as const]) : [];
  if (claims.length === 0 && found.length === 0) return [];
  const spec = {
    ...(claims.length > 0 && { ipAddressClaims: Object.fromEntries(claims) }),
    ...(found.length > 0 && { network: { ipAddresses: Object.fromEntries(found) } }),
  };
  const body = { metadata: { resourceVersion: inventory.metadata.resourceVersion }, spec };
  return [{ kind: "patch", type: machineInventories, key: objectKey(inventory), patch: { type: "merge", body } }];
}

function referenceTo({ apiVersion, kind, metadata }: IPAddressClaim): ObjectReference {
  const { name, namespace, uid } = metadata;
  return { apiVersion, kind, name, ...(namespace && { namespace }), ...(uid && { uid }) };
}

function waiting(inventory: MachineInventory, key: string): ConditionInput {
  const message = `Waiting to claim IPAddress ${claimName(inventory, key)}`;
  return { type: networkConfigReady, status: "False", reason: reason.waitingForIPAddress, message };
}

function failure(message: string): ConditionInput {
  return { type: ready, status: "False", reason: reason.networkConfigFailure, message };
}

/** As long as it was waited for already, from 1 to 30 s: IPAM providers answer at once or take their time. */
function pollMs({ status }: MachineInventory, now: Date): number {
  const known = findCondition(status?.conditions, networkConfigReady);
  const waitedMs = known?.status === "False" ? now.getTime() - Date.parse(known.lastTransitionTime) : 0;
  return Math.min(Math.max(waitedMs, minPollMs), maxPollMs);
}
