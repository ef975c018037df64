import { type MachineInventorySelector, reasons } from "@elemental/api";
import { isClaiming } from "./adoption/validation.ts";
import { type SelectorStatus, StatusDraft } from "./status/draft.ts";

const reason = reasons.machineInventorySelector;

/** The status after a read or write that failed: of the adoption until it is confirmed, of the plan afterwards. */
export function failed(selector: MachineInventorySelector, error: Error, now: Date): SelectorStatus {
  const draft = StatusDraft.of(selector, now);
  const bound = Boolean(selector.status?.machineInventoryRef?.name) && !isClaiming(selector);
  const change = bound
    ? { reason: reason.failedToUpdatePlan, message: `failed to patch plan secret: ${error.message}` }
    : { reason: reason.failedToAdopt, message: error.message };
  return draft.ready({ status: "False", ...change }).status;
}
