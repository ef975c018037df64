import { z } from "zod";
import { matching, time } from "../../schema/fields.ts";

/** A list this long still fits into an object; whoever needs more uses certificates and approval. */
const maxEntries = 5000;

/** Lower-case hex SHA-256: of the public endorsement key, or of what identifies a machine without TPM. */
const machineHash = () => matching("^[0-9a-f]{64}$");
const certificateSerial = () => matching("^[0-9A-Fa-f]{1,2}(:?[0-9A-Fa-f]{2})*$").max(80);
const macAddress = () => matching("^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$");

const allowedMachines = z
  .object({
    tpmHashes: z.array(machineHash()).max(maxEntries).describe("Hashes of endorsement keys, as in tpmHash.").optional(),
    certificateSerials: z
      .array(certificateSerial())
      .max(maxEntries)
      .describe("Serial numbers, in hexadecimal, of EK certificates that an authority in Secret tpm-ca signed.")
      .optional(),
    macAddresses: z
      .array(macAddress())
      .max(maxEntries)
      .describe("Hardware addresses that machines name themselves by or report; a claim, not a proof.")
      .optional(),
  })
  .describe("Machines that may register: one entry of one list must match. Without it every machine may.");

const rotation = z
  .object({
    revision: z.string().min(1).max(63).describe("Any text; when it changes, another random token is drawn."),
    overlap: matching("^([0-9]+(d|h|m|s))+$")
      .max(32)
      .describe("How long a replaced token still admits new machines, e.g. 30d or 12h30m.")
      .default("0s"),
  })
  .describe("Replacement of the token.");

const tokenPolicy = z
  .object({
    expiresAt: time("No new machine may register from then on.").optional(),
    maxRegistrations: z
      .int32()
      .min(0)
      .meta({ format: "int32" })
      .describe("How many MachineInventories of this registration there may be.")
      .optional(),
    rotation: rotation.optional(),
  })
  .describe("How long, and for how many machines, the token is good.");

/** Who may register: fields of a MachineRegistration that the original does not know, all of them optional. */
export const admissionPolicy = {
  approval: z
    .enum(["Auto", "Manual"])
    .describe(
      "Auto (default): a machine that proves its identity is in. Manual: it waits until its MachineInventory has the annotation elemental.cattle.io/approved: true.",
    )
    .optional(),
  allowedMachines: allowedMachines.optional(),
  tokenPolicy: tokenPolicy.optional(),
  deny: z
    .array(machineHash())
    .max(maxEntries)
    .describe("Hashes, tpmHash or machineHash, of machines that are shut out of the whole namespace at once.")
    .optional(),
};

/** A token that was replaced. */
export const retiredToken = z.object({
  hash: machineHash().describe("SHA-256 of the token, in hexadecimal."),
  validUntil: time("Until when it admits new machines."),
});

export type AllowedMachines = z.input<typeof allowedMachines>;
export type RetiredToken = z.input<typeof retiredToken>;
