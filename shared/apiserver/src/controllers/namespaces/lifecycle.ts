import type { Condition, KubeObject } from "@elemental/api";
import { collections } from "../../client/kinds.ts";
import { mutate } from "../../client/mutate.ts";
import { workQueue } from "../../client/work-queue.ts";
import type { Loopback } from "../../loopback.ts";
import type { ControllerContext, Stop } from "../controller.ts";
import { deleteContents, type Remains } from "./contents.ts";

/** A Namespace as far as its life goes. */
export interface Namespace extends KubeObject {
  spec?: { finalizers?: string[] };
  status?: { phase?: string; conditions?: Condition[] };
}

/** The entry of spec.finalizers that stands for the content of a Namespace. */
const contentFinalizer = "kubernetes";
// Content that waits for somebody's finalizer or a Pod's end is looked at again after this.
const recheckMs = 500;

/** Empties Namespaces that are being deleted, then lets them go. */
export function endNamespaces({ loopback, onError }: ControllerContext): Stop {
  const queue = workQueue({
    work: (name) => endNamespace(loopback, name),
    onError: (error, name) => onError(error, `delete the content of Namespace ${name}`),
  });
  const unwatch = loopback.watch(collections.namespaces, ({ type, object }) => {
    if (type !== "DELETED" && object.metadata.deletionTimestamp) queue.add(object.metadata.name);
  });
  return async () => {
    unwatch();
    await queue.stop();
  };
}

async function endNamespace(loopback: Loopback, name: string): Promise<number | undefined> {
  const namespace = (await loopback.get(collections.namespaces, "", name)) as Namespace | undefined;
  if (!namespace?.metadata.deletionTimestamp) return undefined;
  if (!namespace.spec?.finalizers?.includes(contentFinalizer)) return undefined;
  const remains = await deleteContents(loopback, name);
  const { uid } = namespace.metadata;
  const key = { namespace: "", name };
  if (remains.content.size > 0) {
    await mutate<Namespace>(loopback, {
      ...{ resource: collections.namespaces, key, uid, subresource: "status" },
      change: (current) => withConditions(current, remains),
    });
    return recheckMs;
  }
  await mutate<Namespace>(loopback, {
    ...{ resource: collections.namespaces, key, uid, subresource: "finalize" },
    change: (current) => {
      const finalizers = (current.spec?.finalizers ?? []).filter((finalizer) => finalizer !== contentFinalizer);
      return { ...current, spec: { ...current.spec, finalizers } };
    },
  });
  return undefined;
}

function withConditions(namespace: Namespace, { content, finalizers }: Remains): Namespace | undefined {
  const counts = (map: ReadonlyMap<string, number>, what: string) =>
    [...map].map(([name, count]) => `${name} ${what} ${count} resource instances`).join(", ");
  const wanted = [
    condition(
      "NamespaceContentRemaining",
      "SomeResourcesRemain",
      `Some resources are remaining: ${counts(content, "has")}`,
    ),
    condition(
      "NamespaceFinalizersRemaining",
      "SomeFinalizersRemain",
      `Some content in the namespace has finalizers remaining: ${counts(finalizers, "in")}`,
    ),
  ].filter(({ type }) => type !== "NamespaceFinalizersRemaining" || finalizers.size > 0);
  const present = namespace.status?.conditions ?? [];
  const conditions = wanted.map((c) => present.find((p) => p.type === c.type && p.message === c.message) ?? c);
  if (conditions.length === present.length && conditions.every((c) => present.includes(c))) return undefined;
  return { ...namespace, status: { ...namespace.status, conditions } };
}

function condition(type: string, reason: string, message: string): Condition {
  return {
    type,
    status: "True",
    reason,
    message,
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
  };
}
