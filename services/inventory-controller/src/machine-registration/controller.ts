import {
  awaitsApproval,
  conditionTypes,
  controllerOf,
  type KubeObject,
  labels,
  type MachineInventory,
  type MachineRegistration,
  machineInventories,
  machineRegistrations,
  type ObjectKey,
  objectKey,
  pruneInvalid,
  reasons,
  roleBindings,
  roles,
  secrets,
  secretTypes,
  serviceAccounts,
  setCondition,
  settings as settingKind,
} from "@elemental/api";
import type { Controller, Source } from "@elemental/controller";
import { isKubeError, type Watcher } from "@elemental/kube";
import { byToken, type Watches } from "../watches.ts";
import { accessFailure } from "./access.ts";
import { type AccessWatches, observeRegistration, type RegistrationReader } from "./observe.ts";
import type { ObservedRegistration } from "./observed.ts";
import { reconcileRegistration } from "./reconcile.ts";

/** Also the name of its queue. */
export const registrationControllerName = "machine-registration";

const managed = { labelSelector: `${labels.managed}=true` };
const tokenSecrets = { fieldSelector: `type=${secretTypes.serviceAccountToken}` };

/** Starts the watches of Roles, ServiceAccounts, token Secrets and RoleBindings. */
export function startAccessWatches(kube: Watcher): AccessWatches {
  return {
    roles: kube.inform(roles, managed),
    serviceAccounts: kube.inform(serviceAccounts, managed),
    tokenSecrets: kube.inform(secrets, tokenSecrets),
    roleBindings: kube.inform(roleBindings, managed),
  };
}

/** Gives each registration its token, URL and RBAC objects. */
export function machineRegistrationController(
  deps: RegistrationReader,
): Controller<MachineRegistration, ObservedRegistration> {
  return {
    name: registrationControllerName,
    type: machineRegistrations,
    sources: sources(deps.watches),
    observe: (registration) => observeRegistration(deps, registration),
    reconcile: reconcileRegistration,
    failed,
  };
}

function sources(watches: Watches): Source[] {
  const owned = { keysFor: ownersOf };
  const all = () => watches.registrations.list().map(objectKey);
  const rivals: Source<MachineRegistration> = {
    type: machineRegistrations,
    keysFor: (change) => rivalsOf(watches, change),
  };
  const sharers: Source<MachineInventory> = {
    type: machineInventories,
    keysFor: (change) => sharersOf(watches, change),
  };
  return [
    { type: roles, ...managed, ...owned },
    { type: serviceAccounts, ...managed, ...owned },
    { type: secrets, ...tokenSecrets, ...owned },
    { type: roleBindings, ...managed, ...owned },
    { type: settingKind, keysFor: all },
    rivals,
    sharers,
  ];
}

interface ChangeOf<T> {
  previous: T | undefined;
  current: T | undefined;
}

function ownersOf({ previous, current }: ChangeOf<KubeObject>): ObjectKey[] {
  return [previous, current].flatMap((object) => {
    const owner = object && controllerOf(object);
    return object && owner?.kind === "MachineRegistration"
      ? [{ namespace: objectKey(object).namespace, name: owner.name }]
      : [];
  });
}

/** A token that was taken or given up concerns the others that want it. */
function rivalsOf(watches: Watches, { previous, current }: ChangeOf<MachineRegistration>): ObjectKey[] {
  const [before, after] = [previous?.status?.registrationToken, current?.status?.registrationToken];
  if (before === after) return [];
  const self = (current ?? previous)?.metadata.uid;
  return [before, after]
    .flatMap((token) => (token ? watches.registrations.byIndex(byToken, token) : []))
    .filter(({ metadata }) => metadata.uid !== self)
    .map(objectKey);
}

/** Which plan Secrets there are matters to shared credentials only. */
function sharersOf(watches: Watches, { previous, current }: ChangeOf<MachineInventory>): ObjectKey[] {
  const inventory = current ?? previous;
  if (inventory === undefined || (previous && current && sharesAlike(previous, current))) return [];
  const { namespace } = objectKey(inventory);
  return watches.registrations
    .list(namespace)
    .filter(({ spec }) => spec?.credential === "Shared")
    .map(objectKey);
}

function sharesAlike(previous: MachineInventory, current: MachineInventory): boolean {
  const [before, after] = [previous.spec?.registrationRef?.name, current.spec?.registrationRef?.name];
  return before === after && awaitsApproval(previous) === awaitsApproval(current);
}

/** What the API server refused is told to the user; that it could not be reached is not the object's fault. */
function failed(registration: MachineRegistration, error: Error, now: Date): MachineRegistration["status"] {
  if (isKubeError(error, "Unavailable", "TooManyRequests", "Unknown")) return registration.status;
  const message = `${accessFailure(error.message)}: ${error.message}`;
  const reason = reasons.machineRegistration.rbacCreationFailure;
  const verdict = { type: conditionTypes.ready, status: "False", reason, message } as const;
  const context = { now, generation: registration.metadata.generation };
  const conditions = setCondition(pruneInvalid(registration.status?.conditions), verdict, context);
  return { ...registration.status, conditions };
}
