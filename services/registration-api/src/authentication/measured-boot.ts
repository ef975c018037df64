import type { MachineAttestation, MeasuredBoot } from "@elemental/api";
import { AttestationRefused } from "@elemental/tpm";

type Record = NonNullable<MachineAttestation["measuredBoot"]>;

/** Firmware and its settings, boot loader, kernel and command line, shim's keys. */
const defaultPcrs = [0, 1, 2, 3, 4, 5, 6, 7, 11, 14];

/** The PCRs that a machine has to quote. */
export function quotedPcrs({ pcrs = defaultPcrs, allowed = [] }: MeasuredBoot): number[] {
  return [...pcrs, ...allowed.map(({ pcr }) => pcr)];
}

/** What to record of a machine that gave no quote. Throws AttestationRefused where the registration enforces one. */
export function withoutQuote(policy: MeasuredBoot, code: "QuoteUnsupported" | "QuoteMissing"): Record {
  const message =
    code === "QuoteUnsupported"
      ? "this client cannot quote the PCRs of its TPM"
      : "the TPM gave no quote: enable its SHA-256 PCR bank in the firmware setup";
  if (policy.mode === "Enforce") throw new AttestationRefused(code, message);
  return { reason: code, message };
}

/**
 * What to record of values that were quoted. Throws AttestationRefused where the registration enforces others; its hint
 * has the values, so that they can be allowed.
 */
export function judgeValues(policy: MeasuredBoot, values: ReadonlyMap<number, Buffer>): Record {
  const { mode, allowed = [] } = policy;
  const hex = (pcr: number) => values.get(pcr)?.toString("hex") ?? "";
  const wrong = allowed.filter((entry) => !entry.values.includes(hex(entry.pcr))).map(({ pcr }) => pcr);
  const pcrs = Object.fromEntries([...values.keys()].map((pcr) => [String(pcr), hex(pcr)]));
  const checked = [...new Set(allowed.map(({ pcr }) => pcr))].sort((a, b) => a - b);
  if (wrong.length === 0) return { pcrs, ...(checked.length > 0 && { checked }) };
  const message = `PCR ${wrong.join(", ")} has a value that is not allowed`;
  if (mode === "Enforce") {
    const hint = wrong.map((pcr) => `${pcr}=${hex(pcr)}`).join(", ");
    throw new AttestationRefused("PcrNotAllowed", message, { hint });
  }
  return { pcrs, checked, reason: "PcrNotAllowed", message };
}
