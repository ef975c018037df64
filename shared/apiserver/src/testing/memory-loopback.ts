import { randomUUID } from "node:crypto";
import type { KubeObject } from "@elemental/api";
import type { GroupVersionResource, Loopback, LoopbackEvent, Refusal, ServedResource } from "../loopback.ts";

interface Stored extends KubeObject {
  spec?: { nodeName?: string; terminationGracePeriodSeconds?: number };
  status?: { phase?: string };
  metadata: KubeObject["metadata"] & { deletionGracePeriodSeconds?: number };
}

/** Just enough of an API for tests of single parts: versions, finalizers and graceful deletion of Pods. */
export function memoryLoopback(served: ServedResource[] = []): Loopback {
  const objects = new Map<string, Stored>();
  const listeners = new Map<string, Set<(event: LoopbackEvent) => void>>();
  let version = 0;
  const path = (r: GroupVersionResource, namespace = "", name = "") => `${r.group}/${r.resource}/${namespace}/${name}`;
  const emit = (r: GroupVersionResource, event: LoopbackEvent) => {
    for (const listener of listeners.get(`${r.group}/${r.resource}`) ?? []) listener(event);
  };
  const put = (r: GroupVersionResource, type: LoopbackEvent["type"], object: Stored) => {
    const key = path(r, object.metadata.namespace, object.metadata.name);
    const stored = structuredClone(object);
    stored.metadata.resourceVersion = String(++version);
    if (type === "DELETED") objects.delete(key);
    else objects.set(key, stored);
    emit(r, { type, object: stored });
    return stored;
  };
  const find = (r: GroupVersionResource, namespace: string | undefined, name: string) => {
    const found = objects.get(path(r, namespace, name));
    if (!found) throw refusal("NotFound", 404);
    return found;
  };
  const isHeld = ({ metadata }: Stored) =>
    !metadata.deletionTimestamp || metadata.deletionGracePeriodSeconds || metadata.finalizers?.length;
  return {
    get: async (r, namespace, name) => objects.get(path(r, namespace, name)),
    list: async (r, namespace) =>
      [...objects].filter(([key]) => key.startsWith(path(r, namespace).replace(/\/+$/, "/"))).map(([, o]) => o),
    async create(r, object) {
      if (objects.has(path(r, object.metadata.namespace, object.metadata.name))) throw refusal("AlreadyExists", 409);
      const metadata = { creationTimestamp: new Date().toISOString(), ...object.metadata, uid: randomUUID() };
      return put(r, "ADDED", { ...object, metadata });
    },
    async update(r, object, subresource) {
      const current = find(r, object.metadata.namespace, object.metadata.name);
      if (object.metadata.resourceVersion !== current.metadata.resourceVersion) throw refusal("Conflict", 409);
      const { status } = object as Stored;
      const next: Stored = subresource === "status" ? { ...current, ...(status && { status }) } : (object as Stored);
      return put(r, isHeld(next) ? "MODIFIED" : "DELETED", next);
    },
    async delete(r, { namespace, name }, options = {}) {
      const current = find(r, namespace, name);
      if (options.uid !== undefined && options.uid !== current.metadata.uid) throw refusal("Conflict", 409);
      const grace = r.resource === "pods" ? podGrace(current, options.gracePeriodSeconds) : 0;
      const finalizers = [...(current.metadata.finalizers ?? []), ...policyFinalizer(options.propagationPolicy)];
      const deletionTimestamp = current.metadata.deletionTimestamp ?? new Date().toISOString();
      const metadata = { ...current.metadata, finalizers, deletionTimestamp, deletionGracePeriodSeconds: grace };
      put(r, isHeld({ ...current, metadata }) ? "MODIFIED" : "DELETED", { ...current, metadata });
    },
    watch(r, listener) {
      const key = `${r.group}/${r.resource}`;
      const group = listeners.get(key) ?? new Set();
      listeners.set(key, group.add(listener));
      for (const [name, object] of objects) if (name.startsWith(`${key}/`)) listener({ type: "ADDED", object });
      return () => group.delete(listener);
    },
    resources: () => served,
  };
}

function podGrace({ spec, status }: Stored, requested: number | undefined): number {
  if (!spec?.nodeName || status?.phase === "Failed" || status?.phase === "Succeeded") return 0;
  return requested ?? spec.terminationGracePeriodSeconds ?? 30;
}

function policyFinalizer(policy: string | undefined): string[] {
  if (policy === "Foreground") return ["foregroundDeletion"];
  return policy === "Orphan" ? ["orphan"] : [];
}

function refusal(code: string, status: number): Refusal {
  return Object.assign(new Error(code), { code, status });
}
