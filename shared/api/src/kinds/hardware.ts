import { z } from "zod";
import { counter } from "../schema/fields.ts";

const short = (description: string) => z.string().max(256).describe(description).optional();
const bytes = (description: string) => counter().min(0).describe(description).optional();
const count = (description: string) => z.int32().min(0).meta({ format: "int32", description }).optional();

const disk = z.object({
  name: short("Name, e.g. sda."),
  model: short("Vendor and model."),
  sizeBytes: bytes("Size in bytes."),
});

const nic = z.object({
  name: short("Name, e.g. eth0."),
  mac: short("Hardware address."),
  driver: short("Driver."),
  speedMbps: count("Speed in Mbit/s."),
});

/** What a machine told about itself when it registered; bounded, so that an inventory stays small. */
export const hardware = z
  .object({
    system: z
      .object({
        vendor: short("Vendor."),
        product: short("Product name."),
        serialNumber: short("Serial number."),
        uuid: short("System UUID."),
      })
      .describe("The machine.")
      .optional(),
    bios: z
      .object({ vendor: short("Vendor."), version: short("Version."), date: short("Release date.") })
      .describe("Firmware.")
      .optional(),
    cpu: z
      .object({ model: short("Model."), cores: count("Number of cores."), threads: count("Number of threads.") })
      .describe("Processors, all together.")
      .optional(),
    memoryBytes: bytes("Memory in bytes."),
    disks: z.array(disk).max(64).describe("Disks.").optional(),
    nics: z.array(nic).max(64).describe("Network interfaces.").optional(),
  })
  .describe("Hardware as the machine reported it at its last registration.");

export type Hardware = z.input<typeof hardware>;
