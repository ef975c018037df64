import {
  conditionTypes,
  formatKey,
  isTrue,
  type MachineRegistration,
  machineRegistrations,
  objectKey,
} from "@elemental/api";
import type { Watcher } from "@elemental/kube";
import type { LimitOf } from "../inventory/appearances.ts";
import { Refusal } from "../refusal.ts";
import { tokenHash } from "../token.ts";

/** The registrations, kept by a watch. */
export interface Registrations {
  /** The ready registration whose token is, or was, this one. Throws a Refusal. */
  byToken(token: string): MachineRegistration;
  /** The same registration as it is now. Throws a Refusal when it is gone, not ready, or does not know the token any more. */
  current(registration: MachineRegistration, tokenHash: string): MachineRegistration;
  /** Whether a registration of the namespace denies the machine with this hash. */
  denies(namespace: string | undefined, hash: string): boolean;
  limitOf: LimitOf;
  /** Calls `listener` with the namespace in which registrations changed. */
  onChange(listener: (namespace: string) => void): void;
  synced(): Promise<void>;
  stop(): void;
}

export function watchRegistrations(kube: Watcher): Registrations {
  const informer = kube.inform(machineRegistrations, {
    indexers: {
      token: hashes,
      denied: ({ metadata, spec }) => (spec?.deny ?? []).map((hash) => `${metadata.namespace}/${hash}`),
    },
  });
  let synced = false;
  const ready = informer.synced().then(() => {
    synced = true;
  });
  const byToken = (token: string) => {
    if (!synced) throw new Refusal("Unavailable", "the server is starting, try again later", { retryAfterSeconds: 2 });
    const hash = tokenHash(token);
    return checkReady(only(holders(informer.byIndex("token", hash), hash)));
  };
  return {
    byToken,
    current(registration, hash) {
      const found = informer.get(objectKey(registration));
      if (found?.metadata.uid !== registration.metadata.uid) throw notReady("it was deleted");
      if (!found || !hashes(found).includes(hash)) throw notReady("its token changed");
      return checkReady(found);
    },
    denies: (namespace, hash) => informer.byIndex("denied", `${namespace}/${hash}`).length > 0,
    limitOf: (key) => informer.get(key)?.spec?.tokenPolicy?.maxRegistrations,
    onChange: (listener) => {
      informer.onChange(({ previous, current }) => listener((current ?? previous)?.metadata.namespace ?? ""));
    },
    synced: () => ready,
    stop: () => informer.stop(),
  };
}

/** Of the token in use and of those before it; an empty token finds nothing (registration-protocol H2). */
function hashes({ status }: MachineRegistration): string[] {
  const inUse = status?.registrationToken ? [tokenHash(status.registrationToken)] : [];
  return [...inUse, ...(status?.retiredTokens ?? []).map(({ hash }) => hash)];
}

/** Who has the token in use comes before who had it. */
function holders(found: MachineRegistration[], hash: string): MachineRegistration[] {
  const inUse = found.filter(({ status }) => status?.registrationToken && tokenHash(status.registrationToken) === hash);
  return inUse.length > 0 ? inUse : found;
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
