import type { MachineInventory, MachineRegistration } from "@elemental/api";
import type { IdentifiedMachine } from "../authentication/authenticate.ts";
import { type Inventories, inventoriesAt } from "../inventory/inventories.ts";
import { Refusal } from "../refusal.ts";
import type { Registrations } from "../registration/registrations.ts";
import { decidePolicy } from "./decide.ts";

export interface EntryPolicyDeps {
  registrations: Pick<Registrations, "denies">;
  inventories: Inventories;
  now(): Date;
}

/** A machine at a registration that exists. */
export interface Entry {
  registration: MachineRegistration;
  /** SHA-256 of the token that the machine used. */
  tokenHash: string;
  machine: IdentifiedMachine;
}

/** Asks the caches what the policy of a registration depends on; nothing is listed. */
export class EntryPolicy {
  readonly #deps: EntryPolicyDeps;

  constructor(deps: EntryPolicyDeps) {
    this.#deps = deps;
  }

  /**
   * Throws a Refusal when the machine must not register. `known` is its inventory so far; `macAddresses` are undefined until
   * it told them.
   */
  check({ registration, tokenHash, machine }: Entry, known: boolean, macAddresses?: readonly string[]): void {
    const { registrations, inventories, now } = this.#deps;
    const limited = registration.spec?.tokenPolicy?.maxRegistrations !== undefined;
    const refusal = decidePolicy({
      registration,
      tokenHash,
      machine: { ...machine, certificateSerial: serialOf(machine) },
      macAddresses,
      known,
      denied: registrations.denies(registration.metadata.namespace, machine.hash),
      registered: limited ? inventoriesAt(inventories, registration.metadata).length : 0,
      now: now(),
    });
    if (refusal)
      throw new Refusal(refusal.code, refusal.message, { ...(refusal.detail && { detail: refusal.detail }) });
  }
}

/** Anybody can make a certificate: only one that leads to a trusted authority tells a machine. */
function serialOf({ attestation }: IdentifiedMachine): string | undefined {
  return attestation?.certificate?.verified ? attestation.certificate.serial : undefined;
}

/** The hardware addresses in an inventory's hardware. */
export function macAddressesOf(hardware: NonNullable<MachineInventory["spec"]>["hardware"]): string[] {
  return (hardware?.nics ?? []).flatMap(({ mac }) => (mac === undefined ? [] : [mac]));
}
