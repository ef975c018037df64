import { type Condition, findCondition, reasons } from "@elemental/api";
import type { EventInput } from "@elemental/kube";

const reason = reasons.machineInventory;

/** Reasons worth an Event when they are new; the rest is waiting, which conditions show. */
const notable: ReadonlySet<string> = new Set([
  reason.planApplied,
  reason.planFailure,
  reason.planCreationFailure,
  reason.networkConfigFailure,
  reason.adopted,
  reason.adoptionFailure,
  reason.approved,
  reason.denied,
]);

/** An Event for each condition that got a notable reason. */
export function transitions(before: readonly Condition[] | undefined, after: readonly Condition[]): EventInput[] {
  return (
    after
      .filter((condition) => notable.has(condition.reason))
      .filter((condition) => findCondition(before, condition.type)?.reason !== condition.reason)
      // Ready repeats what keeps a machine out.
      .filter(({ reason }, index, all) => all.findIndex((other) => other.reason === reason) === index)
      .map(({ status, reason, message }) => ({ type: status === "True" ? "Normal" : "Warning", reason, message }))
  );
}
