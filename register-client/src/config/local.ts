import type { InstallConfig, ResetConfig } from "@elemental/protocol";
import type { FlagValue } from "../cli/flag.ts";
import { ClientError, messageOf } from "../errors.ts";
import type { Environment } from "../host/host.ts";
import { environmentValue } from "./environment.ts";
import { labelsOf } from "./labels.ts";
import { lookup } from "./lookup.ts";
import { loose } from "./loose.ts";
import { isNothing, type Tree } from "./tree.ts";
import type { ClientConfig, Registration } from "./types.ts";

/** The local sources of the configuration, besides the labels file and flag. */
export interface LocalSources {
  flags: ReadonlyMap<string, FlagValue>;
  env: Environment;
  file: Tree | undefined;
}

/**
 * Merges the local sources: flag, then environment, then file, then default, for each key (register-client-and-media 1.2).
 * The labels are those of the file. Throws a ClientError `Configuration` that names the key.
 */
export function mergeLocal(sources: LocalSources): ClientConfig {
  return {
    registration: readRegistration(sources),
    install: readInstall(sources.file),
    reset: readReset(sources.file),
    "system-agent": {},
  };
}

function readRegistration({ flags, env, file }: LocalSources): Registration {
  const read = <T extends FlagValue>(key: string, convert: (tree: Tree) => T, fallback: T, flag = key): T => {
    const given = flags.get(flag) as T | undefined;
    if (given !== undefined) return given;
    const fromEnv = environmentValue(env, key);
    if (fromEnv !== undefined) return converted(`elemental.registration.${key}`, convert, scalar(fromEnv));
    return fromFile(file, `elemental.registration.${key}`, convert) ?? fallback;
  };
  const unmanaged = flags.get("no-toolkit") ?? fromFile(file, "elemental.registration.no-toolkit", loose.flag);
  return {
    url: read("url", loose.text, "", "registration-url"),
    "ca-cert": read("ca-cert", loose.text, "", "registration-ca-cert"),
    "emulate-tpm": read("emulate-tpm", loose.flag, false),
    "emulated-tpm-seed": read("emulated-tpm-seed", loose.integer, 1n),
    "no-smbios": read("no-smbios", loose.flag, false),
    auth: read("auth", loose.text, "tpm"),
    "no-toolkit": unmanaged === true,
    labels: fileLabels(file),
  };
}

/** The only keys of this section that the original's client reads from a local file: those without a hyphen. */
function readInstall(file: Tree | undefined): InstallConfig {
  const text = (key: string) => fromFile(file, `elemental.install.${key}`, loose.text);
  const flag = (key: string) => fromFile(file, `elemental.install.${key}`, loose.flag);
  const maxSnaps = fromFile(file, "elemental.install.snapshotter.maxsnaps", loose.integer);
  return {
    firmware: text("firmware"),
    device: text("device"),
    iso: text("iso"),
    tty: text("tty"),
    debug: flag("debug"),
    poweroff: flag("poweroff"),
    reboot: flag("reboot"),
    snapshotter: {
      type: text("snapshotter.type"),
      maxSnaps: maxSnaps === undefined ? undefined : Number(maxSnaps),
    },
  };
}

function readReset(file: Tree | undefined): ResetConfig {
  const flag = (key: string) => fromFile(file, `elemental.reset.${key}`, loose.flag);
  return { enabled: flag("enabled"), debug: flag("debug"), poweroff: flag("poweroff"), reboot: flag("reboot") };
}

function fileLabels(file: Tree | undefined): Record<string, string> {
  try {
    return labelsOf(lookup(file, ["elemental", "registration", "labels"]), "dropped");
  } catch (error) {
    throw new ClientError("Configuration", `elemental.registration.labels: ${messageOf(error)}`, { cause: error });
  }
}

function fromFile<T>(file: Tree | undefined, key: string, convert: (tree: Tree) => T): T | undefined {
  const tree = lookup(file, key.split("."));
  return isNothing(tree) ? undefined : converted(key, convert, tree);
}

function converted<T>(key: string, convert: (tree: Tree) => T, tree: Tree): T {
  try {
    return convert(tree);
  } catch (error) {
    throw new ClientError("Configuration", `${key} ${messageOf(error)}`, { cause: error });
  }
}

function scalar(text: string): Tree {
  return { kind: "scalar", value: text, text };
}
