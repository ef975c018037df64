import { z } from "zod";
import { conditions } from "../../schema/condition.ts";
import { customResource, matching, schemaless, text, textMap } from "../../schema/fields.ts";
import { objectReference, typedLocalObjectReference } from "../../schema/references.ts";
import { elementalKind } from "../descriptor.ts";
import { configurator } from "../network.ts";
import { admissionPolicy, retiredToken } from "./admission-policy.ts";
import { elementalConfig } from "./elemental-config.ts";

export const networkTemplate = z
  .object({
    configurator,
    ipAddresses: z
      .record(z.string(), typedLocalObjectReference)
      .describe("Variables of the template and the IP pools they are taken from.")
      .optional(),
    config: schemaless("Network configuration; {name} is replaced by the address of that name."),
  })
  .describe("Network of the machines, a template.");

export const registrationMachineConfig = z
  .object({
    "cloud-config": schemaless("cloud-config of the machines."),
    elemental: elementalConfig.optional(),
    network: networkTemplate.optional(),
  })
  .describe("Configuration that a registering machine gets.");

const pcr = () => z.int().min(0).max(23);

const measuredBoot = z
  .object({
    mode: z
      .enum(["Observe", "Enforce"])
      .describe(
        "Observe records PCR values in MachineInventories. Enforce also refuses machines without allowed values.",
      ),
    pcrs: z
      .array(pcr())
      .max(24)
      .describe("PCRs of the SHA-256 bank to quote, beside those in allowed. Default: 0 to 7, 11 and 14.")
      .optional(),
    allowed: z
      .array(
        z.object({
          pcr: pcr().describe("Number of the PCR."),
          values: z.array(matching("^[0-9a-f]{64}$")).max(64).describe("Values it may have, in hexadecimal."),
        }),
      )
      .max(24)
      .describe("Values that PCRs must have; a PCR that is not named may have any.")
      .optional(),
  })
  .describe("What the machine measured while it booted, quoted by its TPM when it registers.");

const tpm = z
  .object({
    requireCertificate: z
      .boolean()
      .describe(
        "Whether a machine must have an EK certificate of an authority in the Secret tpm-ca. Default: if there is that Secret.",
      )
      .optional(),
    measuredBoot: measuredBoot.optional(),
  })
  .describe("What the TPM of a machine has to prove.");

const spec = z.object({
  token: matching("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
    .max(253)
    .describe("Last part of the registration URL. It is a secret; without it a random one is drawn.")
    .optional(),
  machineName: text("Template of the names of MachineInventories."),
  machineInventoryLabels: textMap("Labels of MachineInventories; values are templates."),
  machineInventoryAnnotations: textMap("Annotations of MachineInventories; values are templates."),
  labelPrefix: text("Put before the label and annotation keys that machines send; - for none."),
  config: registrationMachineConfig.optional(),
  tpm: tpm.optional(),
  credential: z
    .enum(["Machine", "Shared"])
    .describe(
      "Machine (default): each machine gets a credential for its own plan. Shared: all machines get the token of one ServiceAccount.",
    )
    .optional(),
  ...admissionPolicy,
});

const status = z.object({
  conditions: conditions(),
  registrationURL: text("Where machines register. It contains the token."),
  registrationToken: text("The token in use."),
  serviceAccountRef: objectReference.describe("ServiceAccount of the registration.").optional(),
  tokenRevision: text("The tokenPolicy.rotation.revision for which the token was drawn."),
  retiredTokens: z.array(retiredToken).describe("Tokens that were replaced, the latest first.").optional(),
});

export const machineRegistrationSchema = customResource("MachineRegistration", { spec, status }).describe(
  "Lets machines register at a URL and says what they get.",
);
export type MeasuredBoot = z.input<typeof measuredBoot>;
export type MachineRegistration = z.input<typeof machineRegistrationSchema>;
export type NetworkTemplate = z.input<typeof networkTemplate>;
export type RegistrationMachineConfig = z.input<typeof registrationMachineConfig>;

export const machineRegistrations = elementalKind<MachineRegistration>("MachineRegistration", "machineregistrations");
