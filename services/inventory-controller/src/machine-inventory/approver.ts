import { annotations, isJsonObject } from "@elemental/api";
import type { FieldManager } from "@elemental/kube";
import type { Approver } from "./approval.ts";

const path = ["f:metadata", "f:annotations", `f:${annotations.approved}`];

/** Who wrote the annotation that approves, by the managed fields of the inventory: the latest of several. */
export function approverOf(managers: readonly FieldManager[]): Approver | undefined {
  const [latest] = managers
    .flatMap(({ manager, time, fields }) => (time !== undefined && holds(fields) ? [{ manager, time }] : []))
    .toSorted((a, b) => Date.parse(b.time) - Date.parse(a.time));
  return latest;
}

function holds(fields: unknown): boolean {
  return path.reduce<unknown>((at, key) => (isJsonObject(at) ? at[key] : undefined), fields) !== undefined;
}
