import {
  awaitsApproval,
  issueCredential,
  type MachineCredential,
  type MachineInventory,
  type MachineRegistration,
  machineInventories,
  objectKey,
} from "@elemental/api";
import { isKubeError, type Kube } from "@elemental/kube";
import { draftInventory, type MachineReport, namesDiffer, newInventory, type Skipped } from "@elemental/protocol";
import type { IdentifiedMachine } from "../authentication/authenticate.ts";
import { exhausted } from "../policy/decide.ts";
import { Refusal } from "../refusal.ts";
import type { Appearances } from "./appearances.ts";
import { hashField, isOf } from "./inventories.ts";
import type { KeyedMutex } from "./keyed-mutex.ts";
import { updatePatch } from "./update-patch.ts";

export interface CommitRequest {
  registration: MachineRegistration;
  identity: IdentifiedMachine;
  report: MachineReport;
  /** Hash of the token that the machine gets; undefined when it gets no token of its own. */
  credentialHash: string | undefined;
  /** The inventory as far as the cache knows; asked anew for each attempt. Throws a Refusal. */
  known(): MachineInventory | undefined;
}

export interface Commit {
  inventory: MachineInventory;
  outcome: "registered" | "updated";
  skipped: Skipped[];
}

export interface CommitDeps {
  kube: Pick<Kube, "get" | "create" | "patch" | "delete">;
  appearances: Appearances;
  mutex: KeyedMutex;
  now(): Date;
}

/** How often a write that lost a race is tried again. */
const MAX_ATTEMPTS = 8;

/** From here on only the identity of the inventory is a precondition: others may write its status as fast as they like. */
const PATIENT_ATTEMPTS = 4;

/**
 * Writes the inventory of a machine: at most one write unless a race is lost (registration-protocol 6.10, H26). That
 * there is one inventory per machine rests on names: concurrent sessions of a machine, in whatever replica, draw the
 * same names in the same order, and the API server takes each name once. Sessions that differ in the registration or in
 * its template are caught afterwards by the order of the watch.
 */
export function commitInventory(request: CommitRequest, deps: CommitDeps): Promise<Commit> {
  return deps.mutex.run(`${request.identity.method}:${request.identity.hash}`, () => attemptCommit(request, deps));
}

/** `commit` ends the attempts; otherwise the next one starts from what this one found out. */
type Attempt = { commit: Commit } | Finding;

interface Finding {
  /** The inventory as the API server has it. */
  found?: MachineInventory | undefined;
  /** UID of an inventory that is gone, though the cache may show it for a while. */
  gone?: string | undefined;
  /** The name belongs to another machine. */
  nameTaken?: boolean;
}

async function attemptCommit(request: CommitRequest, deps: CommitDeps): Promise<Commit> {
  let finding: Finding = {};
  let name = 0;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const existing = finding.found ?? cached(request, finding.gone);
    const strict = attempt < PATIENT_ATTEMPTS;
    const result = existing ? await update({ existing, strict }, request, deps) : await create(name, request, deps);
    if ("commit" in result) return result.commit;
    finding = result;
    if (result.nameTaken) name++;
  }
  throw new Refusal("Conflict", "the MachineInventory changes too often, try again", { retryAfterSeconds: 5 });
}

function cached(request: CommitRequest, gone: string | undefined): MachineInventory | undefined {
  const inventory = request.known();
  return inventory && inventory.metadata.uid === gone ? undefined : inventory;
}

async function update(
  { existing, strict }: { existing: MachineInventory; strict: boolean },
  request: CommitRequest,
  deps: CommitDeps,
): Promise<Attempt> {
  if (existing.metadata.deletionTimestamp) {
    throw new Refusal("Conflict", "the MachineInventory is being deleted, try again later", { retryAfterSeconds: 5 });
  }
  const draft = draftInventory(request.registration.spec ?? {}, request.report, existing.metadata);
  const credential = issue(existing, request, deps);
  const { attestation } = request.identity;
  const registrationRef = sharedBy(request.registration);
  const changes = updatePatch(existing, draft, { credential, attestation, registrationRef });
  const commit = (inventory: MachineInventory): Attempt => ({
    commit: { inventory, outcome: "updated", skipped: draft.skipped },
  });
  if (!changes) return commit(existing);
  const { uid, resourceVersion } = existing.metadata;
  const body = { ...changes, metadata: { ...changes.metadata, ...(strict ? { resourceVersion } : { uid }) } };
  try {
    return commit(await deps.kube.patch(machineInventories, objectKey(existing), { type: "merge", body }));
  } catch (error) {
    if (!isKubeError(error, "Conflict", "NotFound")) throw error;
    const found = await reread(existing, request, deps);
    return found ? { found } : { gone: uid };
  }
}

async function create(attempt: number, request: CommitRequest, deps: CommitDeps): Promise<Attempt> {
  const { registration, identity, report } = request;
  const { inventory, draft } = newInventory(registration, report, { seed: identity.hash, attempt });
  const credential = issue(inventory, request, deps);
  const object = {
    ...inventory,
    spec: {
      ...hashField(identity),
      ...inventory.spec,
      ...(credential && { credential }),
      ...(identity.attestation && { attestation: identity.attestation }),
    },
  };
  try {
    const created = await deps.kube.create(machineInventories, object);
    const second = await deps.appearances.hasElder(created);
    if (!second && !deps.appearances.isOneTooMany(created)) {
      return { commit: { inventory: created, outcome: "registered", skipped: draft.skipped } };
    }
    await withdraw(created, deps);
    if (!second) throw new Refusal(exhausted.code, exhausted.message);
    await deps.appearances.gone(created);
    return {};
  } catch (error) {
    if (!isKubeError(error, "AlreadyExists")) throw error;
    return taken(object, request, deps);
  }
}

/** The name exists: it is this machine's inventory, which the cache does not know yet, or another machine's. */
async function taken(object: MachineInventory, request: CommitRequest, deps: CommitDeps): Promise<Attempt> {
  const holder = await reread(object, request, deps);
  if (holder) return { found: holder };
  if (namesDiffer(request.registration.spec ?? {})) return { nameTaken: true };
  throw new Refusal("NameInUse", "MachineInventory creation failed: its name is already in use", {
    hint: object.metadata.name,
  });
}

/** The object of that key as the API server has it, if it is this machine's. */
async function reread(object: MachineInventory, request: CommitRequest, deps: CommitDeps) {
  try {
    const found = await deps.kube.get(machineInventories, objectKey(object));
    return isOf(found, request.identity) ? found : undefined;
  } catch (error) {
    if (isKubeError(error, "NotFound")) return undefined;
    throw error;
  }
}

/** Deletes what this session just created, at once: no machine knows it, so there is nothing to reset or to clean up. */
async function withdraw(created: MachineInventory, { kube }: CommitDeps): Promise<void> {
  const key = objectKey(created);
  const body = { metadata: { annotations: { "elemental.cattle.io/resettable": null }, finalizers: null } };
  try {
    await kube.patch(machineInventories, key, { type: "merge", body });
  } catch (error) {
    if (isKubeError(error, "NotFound")) return;
    throw error;
  }
  await kube.delete(machineInventories, key, { ...(created.metadata.uid && { uid: created.metadata.uid }) });
}

/** The ServiceAccount that machines share reaches the plans of those that refer to its registration. */
function sharedBy({ metadata, spec }: MachineRegistration): { name: string } | undefined {
  return spec?.credential === "Shared" ? { name: metadata.name } : undefined;
}

/** A machine that waits for approval gets nothing. */
function issue(
  inventory: MachineInventory,
  { credentialHash }: CommitRequest,
  { now }: CommitDeps,
): MachineCredential | undefined {
  if (credentialHash === undefined || awaitsApproval(inventory)) return undefined;
  return issueCredential(inventory.spec?.credential, credentialHash, now());
}
