import type { MachineInventorySelector } from "@elemental/api";

/**
 * Says what a selector waits for. It depends on the selector alone, so that machines which come and go are no reason to
 * write its status.
 */
export function waitingMessage({ metadata, spec }: MachineInventorySelector): string {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  const wanted = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) =>
      values.length > 0 ? `${key} ${operator} (${values.join(", ")})` : `${key} ${operator}`,
    ),
  ];
  const which = wanted.length > 0 ? ` with the labels ${wanted.join(", ")}` : "";
  return `waiting for a free MachineInventory in namespace ${metadata.namespace}${which}`;
}
