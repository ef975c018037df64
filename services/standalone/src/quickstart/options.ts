import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Firmware } from "@elemental/test/vm";
import {
  describeFlags,
  parseFlags,
  type StandaloneOptions,
  sharedFlags,
  sharedOptions,
} from "../options/standalone-options.ts";
import { UsageError } from "../options/usage-error.ts";

export interface QuickstartOptions {
  standalone: StandaloneOptions;
  /** Path or http(s) URL of the base ISO; undefined makes a small one. */
  baseIso: string | undefined;
  machines: number;
  /** Firmware of the virtual machine that takes the place of the simulated ones. */
  vm: Firmware | undefined;
  exit: boolean;
  json: string | undefined;
  /** The data directory is a temporary one and goes with the run. */
  temporary: boolean;
}

const flags = {
  ...sharedFlags,
  listen: { ...sharedFlags.listen, default: "127.0.0.1:0" },
  "log-level": { ...sharedFlags["log-level"], default: "warn" },
  data: { type: "string", help: "directory to keep everything in; default: a temporary one, removed at the end" },
  "base-iso": {
    type: "string",
    help: "PATH or URL of the ISO to build the seed image from; default: a small bootable one",
  },
  machines: { type: "string", default: "1", help: "how many machines register" },
  vm: { type: "boolean", help: "boot a virtual machine (QEMU, Debian) from the seed image instead of a simulated one" },
  firmware: { type: "string", default: "uefi", help: "of the virtual machine: uefi or bios" },
  exit: { type: "boolean", help: "end after the flow instead of staying up" },
  json: { type: "string", help: "write the summary to this file" },
} as const;

export const quickstartHelp = `Usage: npm run quickstart -- [flags]

Starts everything on this machine, builds a seed image, registers a simulated machine from it and adopts it.

${describeFlags(flags)}`;

/** Parses the command line; undefined when only help was asked for. Throws UsageError. */
export function quickstartOptions(args: string[]): QuickstartOptions | undefined {
  const values = parseFlags(flags, args);
  if (values.help) return undefined;
  const machines = Number(values.machines);
  if (!Number.isInteger(machines) || machines < 1 || machines > 1000) {
    throw new UsageError(`--machines must be a whole number from 1 to 1000, not "${values.machines}".`);
  }
  const vm = virtualMachine(values);
  const dataDir = values.data ?? mkdtempSync(join(tmpdir(), "elemental-quickstart-"));
  return {
    standalone: sharedOptions(values, dataDir),
    baseIso: baseIso(values["base-iso"]),
    machines,
    vm,
    exit: values.exit ?? false,
    json: values.json && resolve(values.json),
    temporary: values.data === undefined,
  };
}

function virtualMachine(values: ReturnType<typeof parseFlags<typeof flags>>): Firmware | undefined {
  const { firmware } = values;
  if (firmware !== "uefi" && firmware !== "bios") throw new UsageError("--firmware must be uefi or bios.");
  if (!values.vm) return undefined;
  if (values["base-iso"] !== undefined || values.machines !== "1") {
    throw new UsageError("--vm boots one machine from a base image of its own: leave out --base-iso and --machines.");
  }
  return firmware;
}

function baseIso(text: string | undefined): string | undefined {
  return text === undefined || /^https?:\/\//.test(text) ? text : resolve(text);
}
