import type { MachineRegistration } from "@elemental/api";
import type { RefusalCode } from "@elemental/protocol";
import { tokenHash } from "../token.ts";
import { type Applicant, isAllowed } from "./allowed.ts";

/** Everything that decides whether a machine may register. */
export interface PolicyFacts {
  registration: Pick<MachineRegistration, "spec" | "status">;
  /** SHA-256 of the token that the machine used. */
  tokenHash: string;
  machine: Applicant;
  /** Hardware addresses that the machine reported; undefined as long as it did not. */
  macAddresses: readonly string[] | undefined;
  /** An inventory of the machine is stored. */
  known: boolean;
  /** Whether a registration of the namespace denies the machine. */
  denied: boolean;
  /** MachineInventories of the registration. */
  registered: number;
  now: Date;
}

export interface PolicyRefusal {
  code: RefusalCode;
  message: string;
  /** For the log. */
  detail?: string;
}

/** Why a machine must not register; undefined when it may. Approval comes later: it needs an inventory to be approved. */
export function decidePolicy(facts: PolicyFacts): PolicyRefusal | undefined {
  const { registration, machine, macAddresses, known, denied } = facts;
  const { allowedMachines, tokenPolicy } = registration.spec ?? {};
  if (denied) return { code: "MachineDenied", message: "this machine is denied" };
  if (!isAllowed(allowedMachines, machine, macAddresses)) {
    return { code: "MachineNotAllowed", message: "this machine is not among those that may register" };
  }
  // Only a TPM proves that the machine is the known one: who names a known address has proved nothing.
  const returns = known && machine.method === "tpm";
  const end = endOf(facts);
  if (!returns && end !== undefined && end <= facts.now) {
    const detail = `the token admitted new machines until ${end.toISOString()}`;
    return { code: "TokenExpired", message: "the registration token admits no new machines any more", detail };
  }
  const { maxRegistrations } = tokenPolicy ?? {};
  return known || maxRegistrations === undefined || facts.registered < maxRegistrations ? undefined : exhausted;
}

export const exhausted: PolicyRefusal = {
  code: "RegistrationsExhausted",
  message: "as many machines as the registration allows are registered",
};

/** When the token stops to admit new machines; undefined for never. */
function endOf({ registration: { spec, status }, tokenHash: used }: PolicyFacts): Date | undefined {
  const inUse = tokenHash(status?.registrationToken ?? "") === used;
  const replaced = inUse ? undefined : status?.retiredTokens?.find(({ hash }) => hash === used)?.validUntil;
  const times = [spec?.tokenPolicy?.expiresAt, replaced].flatMap((end) => (end === undefined ? [] : [Date.parse(end)]));
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
