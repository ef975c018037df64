import { z } from "zod";
import { conditions } from "../schema/condition.ts";
import { customResource, matching, schemaless, text, textMap, time } from "../schema/fields.ts";
import { localObjectReference, objectReference, typedLocalObjectReference } from "../schema/references.ts";
import { elementalKind } from "./descriptor.ts";
import { hardware } from "./hardware.ts";
import { configurator } from "./network.ts";

const sha256 = () => matching("^[0-9a-f]{64}$");

const networkConfig = z
  .object({
    configurator,
    ipAddresses: textMap("Addresses the machine got, by the name of the variable."),
    config: schemaless("Network configuration; {name} is replaced by the address of that name."),
  })
  .describe("Network of the machine.");

/** What is known of the token with which the machine reaches its plan; agent-gateway 1. */
const credential = z
  .object({
    hash: sha256().describe("SHA-256 of the token, in hexadecimal."),
    issuedAt: time("When the token was issued."),
    previousHash: sha256().describe("The token in use before, valid until a later one is used.").optional(),
    pendingHashes: z.array(sha256()).max(8).describe("Tokens issued in between that may still be used.").optional(),
  })
  .describe("Credential of the machine; the token itself is known to the machine only.");

const certificate = z
  .object({
    verified: z.boolean().describe("Whether it leads to an authority in the Secret tpm-ca."),
    serial: text("Serial number, in hexadecimal."),
    issuer: text("Who issued it."),
    authority: text("Subject of the authority it leads to."),
    reason: text("Why it is not verified, as a code."),
    message: text("Why it is not verified."),
  })
  .describe("Certificate of the endorsement key.");

const measuredBoot = z
  .object({
    pcrs: textMap("Values of the PCRs that were quoted, in hexadecimal, by their number."),
    checked: z.array(z.int()).max(24).describe("PCRs whose values were compared with allowed ones.").optional(),
    reason: text("Why the measurements do not count, as a code."),
    message: text("Why the measurements do not count."),
  })
  .describe("What the machine measured while it booted.");

/** What the door found out about a machine when it last registered. */
const attestation = z
  .object({ certificate: certificate.optional(), measuredBoot: measuredBoot.optional() })
  .describe("What the TPM of the machine proved when it last registered.");

const spec = z.object({
  tpmHash: text("Hash of the public endorsement key of the machine's TPM."),
  machineHash: text("Hash of what identifies a machine without TPM."),
  ipAddressClaims: z
    .record(z.string(), objectReference)
    .describe("Claims of addresses, by the name of the variable.")
    .optional(),
  ipAddressPools: z
    .record(z.string(), typedLocalObjectReference)
    .describe("Pools to claim addresses from, by the name of the variable.")
    .optional(),
  network: networkConfig.optional(),
  credential: credential.optional(),
  attestation: attestation.optional(),
  hardware: hardware.optional(),
  registrationRef: localObjectReference
    .describe("MachineRegistration at which the machine registered: first, or last where that has a shared credential.")
    .optional(),
  approval: z
    .enum(["Manual"])
    .describe("Manual: the machine waits for the annotation elemental.cattle.io/approved: true.")
    .optional(),
});

const planStatus = z
  .object({
    secretRef: objectReference.describe("The plan Secret.").optional(),
    checksum: text("Checksum of the plan that was applied or failed."),
    state: z.enum(["Applied", "Failed"]).describe("What became of the plan; absent while waiting.").optional(),
  })
  .describe("The machine's plan.");

const status = z.object({ conditions: conditions(), plan: planStatus.optional() });

export const machineInventorySchema = customResource("MachineInventory", { spec, status }).describe(
  "A machine that registered.",
);
export type MachineInventory = z.input<typeof machineInventorySchema>;
export type MachineCredential = z.input<typeof credential>;
export type MachineAttestation = z.input<typeof attestation>;
export type PlanStatus = z.input<typeof planStatus>;
export type NetworkConfig = z.input<typeof networkConfig>;

export const machineInventories = elementalKind<MachineInventory>("MachineInventory", "machineinventories");
