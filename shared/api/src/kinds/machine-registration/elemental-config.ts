import { z } from "zod";
import { flag, int64, integer, text, textMap, texts } from "../../schema/fields.ts";

const deviceSelector = z.object({
  key: z.enum(["Name", "Size"]).describe("Property of the disk."),
  operator: z.enum(["In", "NotIn", "Gt", "Lt"]).describe("How it is compared."),
  values: texts("What it is compared with."),
});

const snapshotter = z
  .object({
    type: z.string().describe("Kind of snapshots: loopdevice or btrfs.").default("loopdevice"),
    maxSnaps: integer().min(2).describe("Number of snapshots to keep.").default(2),
  })
  .describe("How the system keeps its snapshots.")
  .default({ type: "loopdevice", maxSnaps: 2 });

export const installConfig = z
  .object({
    firmware: text("Firmware to install for."),
    device: text("Disk to install to, e.g. /dev/sda."),
    "device-selector": z.array(deviceSelector).describe("Finds the disk where no device is set.").optional(),
    "no-format": flag("Keep the partitions of the disk."),
    "config-urls": texts("Cloud-config files to fetch."),
    iso: text("ISO to install from."),
    "system-uri": text("Image to install."),
    debug: flag("Print debug output."),
    tty: text("Console to add."),
    poweroff: flag("Power off after the installation."),
    reboot: flag("Reboot after the installation."),
    snapshotter,
    "eject-cd": flag("Eject the medium on reboot."),
    "disable-boot-entry": flag("Add no boot entry to the firmware."),
    "config-dir": text("Directory for the configuration."),
  })
  .describe("Installation of the operating system.");

export const resetConfig = z
  .object({
    enabled: flag("Reset the machine when its MachineInventory is deleted."),
    "reset-persistent": z.boolean().describe("Format the persistent partition.").default(true),
    "reset-oem": z.boolean().describe("Format the OEM partition.").default(true),
    "config-urls": texts("Cloud-config files to fetch."),
    "system-uri": text("Image to reset to."),
    debug: flag("Print debug output."),
    poweroff: flag("Power off after the reset."),
    reboot: z.boolean().describe("Reboot after the reset.").default(true),
    "disable-boot-entry": flag("Add no boot entry to the firmware."),
  })
  .describe("Reset of the machine.")
  .default({ "reset-persistent": true, "reset-oem": true, reboot: true });

export const registrationConfig = z
  .object({
    url: text("Registration URL; set by the server."),
    "ca-cert": text("CA certificate of the registration URL; set by the server."),
    "emulate-tpm": flag("Use an emulated TPM, for tests."),
    "emulated-tpm-seed": int64().describe("Seed of the emulated TPM; -1 draws a random one.").optional(),
    "no-smbios": flag("Send no SMBIOS data."),
    auth: z.string().describe("How the machine proves who it is: tpm, mac or sys-uuid.").default("tpm"),
    "no-toolkit": flag("The machine runs a system that is not installed by us."),
    labels: textMap("Labels of the machine."),
  })
  .describe("Registration of the machine.");

export const systemAgentConfig = z
  .object({
    url: text("Server of the agent."),
    token: text("Token of the agent."),
    "secret-name": text("Name of the plan Secret."),
    "secret-namespace": text("Namespace of the plan Secret."),
    strictTLSMode: flag("Trust only the delivered CA."),
  })
  .describe("System agent; filled by the server, what users set is ignored.");

export const elementalConfig = z.object({
  install: installConfig.optional(),
  reset: resetConfig,
  registration: registrationConfig.optional(),
  "system-agent": systemAgentConfig.optional(),
});

export type InstallConfig = z.input<typeof installConfig>;
export type ResetConfig = NonNullable<z.input<typeof resetConfig>>;
export type RegistrationConfig = z.input<typeof registrationConfig>;
export type SystemAgentConfig = z.input<typeof systemAgentConfig>;
export type ElementalConfig = z.input<typeof elementalConfig>;
