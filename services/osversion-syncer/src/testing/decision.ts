import type { ManagedOSVersionChannel } from "@elemental/api";
import type { ObservedChannel } from "../channel/observe.ts";
import { type ChannelOutcome, reconcileChannel } from "../channel/reconcile.ts";
import { now, settings } from "./objects.ts";

export const nothing = { pod: undefined, versions: [], payload: undefined, failureLog: undefined };

/** The decision about a channel of which nothing else was observed than `observed`. */
export function decide(owner: ManagedOSVersionChannel, observed: Partial<ObservedChannel> = {}): ChannelOutcome {
  return reconcileChannel({ ...nothing, channel: owner, ...observed }, now, settings);
}

/** What a test compares of a decision. */
export function summary({ status, operations = [], requeueAfterMs }: ChannelOutcome) {
  const condition = status?.conditions?.find(({ type }) => type === "Ready");
  const kinds = operations.map((operation) =>
    operation.kind === "external" ? operation.action.kind : `${operation.kind} ${operation.type.kind}`,
  );
  return {
    ready: condition && `${condition.status} ${condition.reason}`,
    message: condition?.message,
    failures: status?.failedSynchronizationAttempts,
    operations: kinds,
    requeueAfterMs,
  };
}
