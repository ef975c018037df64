import { type ConditionInput, conditionTypes, type MachineInventory, reasons } from "@elemental/api";

const reason = reasons.machineInventory;
const type = conditionTypes.measuredBoot;

/** What is known of how the machine booted, as the door recorded it; undefined where its registration does not ask. */
export function measuredBootCondition({ spec }: MachineInventory): ConditionInput | undefined {
  const measured = spec?.attestation?.measuredBoot;
  if (measured === undefined) return undefined;
  const { pcrs = {}, checked = [], reason: code, message = "" } = measured;
  if (code || Object.keys(pcrs).length === 0)
    return { type, status: "False", reason: code || reason.notMeasured, message };
  if (checked.length > 0) {
    return {
      type,
      status: "True",
      reason: reason.valuesAllowed,
      message: `the TPM quoted allowed values of PCR ${checked.join(", ")}`,
    };
  }
  return {
    type,
    status: "Unknown",
    reason: reason.valuesObserved,
    message: `the TPM quoted values of PCR ${Object.keys(pcrs).join(", ")}; the registration allows any`,
  };
}
