import {
  awaitsApproval,
  type MachineInventory,
  type MachineRegistration,
  objectKey,
  type Role,
  type RoleBinding,
  randomToken,
  roleBindings,
  roles,
  type Secret,
  type ServiceAccount,
  secrets,
  serviceAccounts,
} from "@elemental/api";
import type { Informer, Kube } from "@elemental/kube";
import type { Settings } from "@elemental/settings";
import { cachedOrExisting } from "../reading/existing.ts";
import { byToken, type Watches } from "../watches.ts";
import { tokenSecretName } from "./access-objects.ts";
import type { ObservedAccess, ObservedRegistration } from "./observed.ts";
import { desiredToken } from "./token.ts";

/** Watches of the objects that go with registrations. */
export interface AccessWatches {
  roles: Informer<Role>;
  serviceAccounts: Informer<ServiceAccount>;
  tokenSecrets: Informer<Secret>;
  roleBindings: Informer<RoleBinding>;
}

export interface RegistrationReader {
  kube: Pick<Kube, "get">;
  watches: Watches;
  accessWatches: AccessWatches;
  settings: Pick<Settings, "current">;
}

/** All reads of the MachineRegistration controller. */
export async function observeRegistration(
  reader: RegistrationReader,
  registration: MachineRegistration,
): Promise<ObservedRegistration> {
  const token = desiredToken(registration, randomToken());
  const { registrations, inventories } = reader.watches;
  const holders = registrations.byIndex(byToken, token).filter(({ status }) => status?.registrationToken === token);
  const shared = registration.spec?.credential === "Shared";
  const { namespace } = objectKey(registration);
  const sharers = shared ? inventories.list(namespace).filter((inventory) => shares(registration, inventory)) : [];
  const planSecretNames = sharers.map(({ metadata }) => metadata.name);
  return {
    registration,
    token,
    holders,
    serverUrl: serverUrl(reader.settings),
    access: await readAccess(reader, registration),
    planSecretNames: planSecretNames.toSorted(),
  };
}

/** Which machines have the registration's credential. Of those that registered elsewhere before, nobody knows where. */
function shares({ metadata }: MachineRegistration, inventory: MachineInventory): boolean {
  const { registrationRef } = inventory.spec ?? {};
  return !awaitsApproval(inventory) && (registrationRef === undefined || registrationRef.name === metadata.name);
}

function serverUrl(settings: Pick<Settings, "current">): ObservedRegistration["serverUrl"] {
  const { serverUrl, serverUrlProblem } = settings.current();
  return serverUrl === undefined ? { problem: serverUrlProblem ?? "server-url is not set" } : { url: serverUrl };
}

async function readAccess(
  { kube, accessWatches: watches }: RegistrationReader,
  registration: MachineRegistration,
): Promise<ObservedAccess> {
  const key = objectKey(registration);
  const secretKey = { ...key, name: tokenSecretName(registration) };
  const [role, serviceAccount, tokenSecret, roleBinding] = await Promise.all([
    cachedOrExisting(watches.roles, kube, roles, key),
    cachedOrExisting(watches.serviceAccounts, kube, serviceAccounts, key),
    cachedOrExisting(watches.tokenSecrets, kube, secrets, secretKey),
    cachedOrExisting(watches.roleBindings, kube, roleBindings, key),
  ]);
  return { role, serviceAccount, tokenSecret, roleBinding };
}
