import type { KubeObject, ObjectKey, ResourceType } from "@elemental/api";
import { conditionTypes, formatKey } from "@elemental/api";
import type { Watcher } from "@elemental/kube";

type ShownCondition = { type: string; status: string; reason?: string; message?: string };
type WithConditions = KubeObject & { status?: { conditions?: ShownCondition[] } };

const seconds = 60;

/**
 * Resolves with the object as soon as `done` holds for it. Rejects after a minute with a message that says what the
 * object was waiting for.
 */
export async function awaitObject<T extends WithConditions>(
  kube: Watcher,
  type: ResourceType<T>,
  key: ObjectKey,
  done: (object: T) => boolean,
): Promise<T> {
  const informer = kube.inform(type, { namespace: key.namespace, fieldSelector: `metadata.name=${key.name}` });
  try {
    return await new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(describeWait(type, key, informer.get(key)))), seconds * 1000);
      const look = () => {
        const object = informer.get(key);
        if (!object || !done(object)) return;
        clearTimeout(timer);
        resolve(object);
      };
      informer.onChange(look);
      informer.synced().then(look, reject);
    });
  } finally {
    informer.stop();
  }
}

/** Whether the condition `type` of the object is True. */
export function conditionIsTrue(object: WithConditions, type: string): boolean {
  return (
    object.status?.conditions?.some((condition) => condition.type === type && condition.status === "True") ?? false
  );
}

/** Whether the object's Ready condition is True. */
export function isReady(object: WithConditions): boolean {
  return conditionIsTrue(object, conditionTypes.ready);
}

/** A condition list in one line, e.g. `Ready=False (WaitingForPlan: waiting for plan to be applied)`. */
export function describeConditions(conditions: ShownCondition[] = []): string {
  const one = ({ type, status, reason, message }: ShownCondition) =>
    `${type}=${status}${status === "True" ? "" : ` (${reason ?? "no reason"}${message ? `: ${message}` : ""})`}`;
  return conditions.map(one).join(", ");
}

function describeWait(type: ResourceType, key: ObjectKey, object: WithConditions | undefined): string {
  const state = object ? describeConditions(object.status?.conditions) || "no conditions yet" : "it does not exist";
  return `${type.kind} ${formatKey(key)} did not get ready within ${seconds} s: ${state}`;
}
