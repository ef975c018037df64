import {
  conditionTypes,
  formatKey,
  isTrue,
  type MachineRegistration,
  machineRegistrations,
  objectKey,
} from "@elemental/api";
import type { Watcher } from "@elemental/kube";
import { Refusal } from "../refusal.ts";
import { tokenHash } from "../token.ts";

/** The registrations, kept by a watch. */
export interface Registrations {
  /** The ready registration with this token. Throws a Refusal. */
  byToken(token: string): MachineRegistration;
  /** The same registration as it is now. Throws a Refusal when it is gone, not ready, or its token changed. */
  current(registration: MachineRegistration): MachineRegistration;
  synced(): Promise<void>;
  stop(): void;
}

export function watchRegistrations(kube: Watcher): Registrations {
  const informer = kube.inform(machineRegistrations, {
    indexers: { token: ({ status }) => hashes(status?.registrationToken) },
  });
  let synced = false;
  const ready = informer.synced().then(() => {
    synced = true;
  });
  const byToken = (token: string) => {
    if (!synced) throw new Refusal("Unavailable", "the server is starting, try again later", { retryAfterSeconds: 2 });
    return checkReady(only(informer.byIndex("token", tokenHash(token))));
  };
  return {
    byToken,
    current(registration) {
      const found = informer.get(objectKey(registration));
      if (found?.metadata.uid !== registration.metadata.uid) throw notReady("it was deleted");
      if (found?.status?.registrationToken !== registration.status?.registrationToken)
        throw notReady("its token changed");
      return checkReady(found);
    },
    synced: () => ready,
    stop: () => informer.stop(),
  };
}

/** An empty token finds nothing (registration-protocol H2). */
function hashes(token: string | undefined): string[] {
  return token ? [tokenHash(token)] : [];
}

/** The bodies of all three name no object (H2); the details are for the log. */
function only([registration, ...others]: MachineRegistration[]): MachineRegistration {
  if (!registration) throw new Refusal("NotFound", "machine registration not found");
  if (others.length === 0) return registration;
  const names = [registration, ...others].map((other) => formatKey(objectKey(other))).sort();
  throw new Refusal("NotFound", "machine registration not found", {
    detail: `machine registrations ${names.join(" and ")} have the same registration token`,
  });
}

function checkReady(registration: MachineRegistration | undefined): MachineRegistration {
  if (!registration) throw notReady("it was deleted");
  if (isTrue(registration.status?.conditions, conditionTypes.ready)) return registration;
  throw notReady(`${formatKey(objectKey(registration))} has no condition Ready with status True`);
}

function notReady(detail: string): Refusal {
  return new Refusal("NotReady", "machine registration is not ready", { detail });
}
