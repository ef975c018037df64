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
 * Rancher's settings where its API is served, else `own`. Resolves when the settings are known. A Rancher that is
 * installed later is noticed at the next start.
 */
export async function watchSettings(kube: Kube, own: ServerSettings): Promise<Settings> {
  if (!(await kube.serves(settingKind))) return ownSettings(own);
  const informer = kube.inform(settingKind);
  await informer.synced();
  return fromInformer(informer);
}

function fromInformer(informer: Informer<Setting>): Settings {
  const read = () => rancherSettings((name) => informer.get({ namespace: "", name })?.value);
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
