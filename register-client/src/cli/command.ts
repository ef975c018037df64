import type { Flag } from "./flag.ts";

/** A command of the program: what the help shows and the parser accepts. */
export interface Command {
  /** The word after the program's name; empty for the root command. */
  name: string;
  aliases: string[];
  summary: string;
  usage: string;
  flags: readonly Flag[];
}

export const helpFlag: Flag = { name: "help", short: "h", type: "bool", usage: "help for this command" };

export const versionFlag: Flag = {
  name: "version",
  short: "v",
  type: "bool",
  usage: "print version and exit",
};

/** Default paths of an installed machine. */
export const installedPaths = {
  config: "/oem/registration/config.yaml",
  state: "/oem/registration/state.yaml",
} as const;

/** Paths used by `--install` on a live ISO. */
export const livePaths = {
  config: "/run/initramfs/live/livecd-cloud-config.yaml",
  state: "/tmp/registration/state.yaml",
} as const;

export const defaultLabelsFile = "/etc/elemental/labels.yaml";

const registrationFlags: readonly Flag[] = [
  { name: "registration-url", type: "string", usage: "registration endpoint of the MachineRegistration" },
  { name: "registration-ca-cert", type: "string", usage: "path of a PEM file, or the PEM text itself" },
  { name: "emulate-tpm", type: "bool", usage: "use a software TPM instead of a device" },
  {
    name: "emulated-tpm-seed",
    type: "int64",
    fallback: "1",
    usage: "seed of the software TPM; -1 derives it from the machine",
  },
  { name: "no-smbios", type: "bool", usage: "send neither SMBIOS nor system data" },
  { name: "auth", type: "string", fallback: '"tpm"', usage: "authentication method: tpm, mac or sys-uuid" },
  { name: "no-toolkit", type: "bool", usage: "the host is not managed by the Elemental toolkit" },
  { name: "debug", short: "d", type: "bool", usage: "verbose logging" },
  { name: "config-path", type: "string", fallback: `"${installedPaths.config}"`, usage: "configuration file" },
  { name: "state-path", type: "string", fallback: `"${installedPaths.state}"`, usage: "state file" },
  { name: "install", type: "bool", usage: "register, then install the system" },
  { name: "reset", type: "bool", usage: "register, then reset the system" },
  { name: "reset-network", type: "bool", usage: "register, then reset the network configuration" },
  { name: "disable-boot-entry", type: "bool", usage: "create no EFI boot entry" },
  { name: "label", type: "labels", usage: "label of the machine, key=value; may be repeated" },
  { name: "local-labels-file", type: "string", fallback: `"${defaultLabelsFile}"`, usage: "file with labels" },
];

/** What the original does not have; absent, the client behaves as a drop-in replacement. */
const ownFlags: readonly Flag[] = [
  { name: "once", type: "bool", usage: "fail at the first problem, do not wait for the network or the server" },
  {
    name: "retry-for",
    type: "string",
    fallback: '"5m"',
    usage: "how long to wait for the network and the server, e.g. 90s, 10m, 0s",
  },
  { name: "log-format", type: "string", fallback: '"text"', usage: "text or json" },
  {
    name: "tpm-socket",
    type: "string",
    usage: "address (path or host:port) of a swtpm socket used as TPM, for tests and labs",
  },
  {
    name: "tpm-key",
    type: "string",
    fallback: '"rsa"',
    usage: "endorsement key that is the identity of this machine: rsa or ecc",
  },
];

export const rootCommand: Command = {
  name: "",
  aliases: [],
  summary: "Registers this machine with its management cluster",
  usage: "elemental-register [flags]",
  flags: [...registrationFlags, ...ownFlags, versionFlag, helpFlag],
};

export const commands: readonly Command[] = [
  {
    name: "version",
    aliases: [],
    summary: "Print the version",
    usage: "elemental-register version",
    flags: [versionFlag, helpFlag],
  },
  {
    name: "dumpdata",
    aliases: ["dump"],
    summary: "Print the host data that registration sends",
    usage: "elemental-register dumpdata [hostinfo|legacy|smbios] [flags]",
    flags: [
      { name: "raw", short: "r", type: "bool", usage: "print all collected data" },
      {
        name: "format",
        short: "f",
        type: "string",
        fallback: '"labels"',
        usage: "labels, yaml, json or json-compact",
      },
      versionFlag,
      helpFlag,
    ],
  },
  {
    name: "completion",
    aliases: [],
    summary: "Print a shell completion script",
    usage: "elemental-register completion [bash|zsh|fish]",
    flags: [versionFlag, helpFlag],
  },
  {
    name: "help",
    aliases: [],
    summary: "Help about any command",
    usage: "elemental-register help [command]",
    flags: [versionFlag, helpFlag],
  },
];
