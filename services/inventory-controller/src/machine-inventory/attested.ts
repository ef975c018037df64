import { type ConditionInput, conditionTypes, type MachineInventory, reasons } from "@elemental/api";

const reason = reasons.machineInventory;
const type = conditionTypes.attested;

/**
 * Whether a maker of TPMs vouches for the machine, as the door recorded it. Undefined for an inventory that was recorded
 * before the door looked at certificates.
 */
export function attestedCondition({ spec }: MachineInventory): ConditionInput | undefined {
  const certificate = spec?.attestation?.certificate;
  if (certificate?.verified) {
    const { serial, issuer, authority } = certificate;
    const message = `EK certificate ${serial} of "${issuer}" leads to the authority "${authority}"`;
    return { type, status: "True", reason: reason.certificateVerified, message };
  }
  if (certificate) {
    const { reason: code, message = "" } = certificate;
    return { type, status: "False", reason: code || reason.certificateNotVerified, message };
  }
  if (!spec?.machineHash || spec.tpmHash) return undefined;
  return {
    type,
    status: "False",
    reason: reason.noTpm,
    message: "the machine is known by a hardware address or UUID, which proves nothing",
  };
}
