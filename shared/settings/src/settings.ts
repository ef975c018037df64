import { isDeepStrictEqual } from "node:util";
import { type Setting, settings as settingKind } from "@elemental/api";
import type { Informer, Kube } from "@elemental/kube";
import { rancherSettings } from "./rancher.ts";

/** How machines reach the system. An absent value is unknown, never an empty string. */
export interface ServerSettings {
  /** Without trailing slashes (registration-protocol H29). */
  serverUrl: string | undefined;
  /** Why `serverUrl` is unknown, when there is more to say than that it is not set; for condition messages. */
  serverUrlProblem?: string;
  /** PEM certificates that machines trust beside their system's roots. */
  caCert: string | undefined;
  /** Whether agents trust `caCert` only. */
  strictTls: boolean;
}

/** The settings in force, followed as they change. */
export interface Settings {
  current(): ServerSettings;
  /** Calls `listener` after each change; returns the unsubscription. */
  onChange(listener: () => void): () => void;
  stop(): void;
}

/** Settings of a service's own configuration: they never change while it runs. */
export function ownSettings(own: ServerSettings): Settings {
  const current = { ...own, serverUrl: own.serverUrl?.replace(/\/+$/, "") };
  return { current: () => current, onChange: () => () => {}, stop() {} };
}

/**
 * Rancher's settings where its API is served, else `own`; resolves when they are known. A Rancher that is installed later
 * takes over with its first setting, one that is removed is noticed at the next start.
 */
export async function watchSettings(kube: Kube, own: ServerSettings): Promise<Settings> {
  const informer = kube.inform(settingKind);
  try {
    await informer.synced();
    return followed(informer, { own, served: await kube.serves(settingKind) });
  } catch (error) {
    informer.stop();
    throw error;
  }
}

function followed(informer: Informer<Setting>, { own, served }: { own: ServerSettings; served: boolean }): Settings {
  const ours = ownSettings(own).current();
  let rancher = served;
  const read = () => {
    rancher ||= informer.list().length > 0;
    return rancher ? rancherSettings((name) => informer.get({ namespace: "", name })?.value) : ours;
  };
  const listeners = new Set<() => void>();
  let current = read();
  informer.onChange(() => {
    const next = read();
    if (isDeepStrictEqual(next, current)) return;
    current = next;
    for (const listener of listeners) listener();
  });
  return {
    current: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => informer.stop(),
  };
}
