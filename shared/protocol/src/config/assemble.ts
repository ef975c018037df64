import type { MachineInventory, MachineRegistration } from "@elemental/api";
import { ProtocolError } from "../errors.ts";
import { encodeJson, isJsonObject, type JsonValue } from "../json/index.ts";
import { encodeYaml, type YamlMap, type YamlNode } from "../yaml/encode.ts";
import type { SystemAgentConfig } from "./schema.ts";

type Spec = NonNullable<MachineRegistration["spec"]>;
type Elemental = NonNullable<NonNullable<Spec["config"]>["elemental"]>;
type Network = NonNullable<NonNullable<MachineInventory["spec"]>["network"]>;

/** What a registered machine is told (registration-protocol 7). */
export interface ConfigInput {
  registration: MachineRegistration;
  caCert: string | undefined;
  systemAgent: SystemAgentConfig;
  /** The inventory's network for clients that understand it; undefined for older ones. */
  network: Network | undefined;
}

/**
 * The YAML of the configuration document, in the original's key order. Throws `Unsupported` with a text fit for the
 * client when the registration's own data cannot be sent.
 */
export function encodeConfig({ registration, caCert, systemAgent, network }: ConfigInput): string {
  const config = registration.spec?.config;
  const elemental = mapping([
    ["install", install(config?.elemental?.install)],
    ["reset", reset(config?.elemental?.reset)],
    ["registration", registrationSection(registration, caCert)],
    ["system-agent", agent(systemAgent)],
  ]);
  const document = encodeYaml(mapping([["elemental", elemental]]));
  return document + cloudConfig(config?.["cloud-config"]) + section(networkAddendum(network));
}

/** The cloud-config of a registration is the same for all its machines, and the largest part of what they get. */
const encodedCloudConfigs = new WeakMap<object, string>();

function cloudConfig(value: unknown): string {
  const known = typeof value === "object" && value !== null ? encodedCloudConfigs.get(value) : undefined;
  if (known !== undefined) return known;
  const text = section([["cloud-config", freeForm("cloud-config", value)]]);
  if (typeof value === "object" && value !== null) encodedCloudConfigs.set(value, text);
  return text;
}

/** Further top-level keys of the document; nothing when all are empty. */
function section(members: [string, YamlNode | undefined][]): string {
  const map = mapping(members);
  return map.size === 0 ? "" : encodeYaml(map);
}

/** The YAML that a plain GET of the registration URL answers, and that a seed image carries (registration-protocol 1.4). */
export function encodeRegistration(registration: MachineRegistration, caCert: string | undefined): string {
  return encodeYaml(mapping([["elemental", mapping([["registration", registrationSection(registration, caCert)]])]]));
}

function registrationSection({ spec, status }: MachineRegistration, caCert: string | undefined): YamlMap {
  const registration = spec?.config?.elemental?.registration;
  return mapping([
    ["url", status?.registrationURL],
    ["ca-cert", caCert],
    ["emulate-tpm", registration?.["emulate-tpm"]],
    ["emulated-tpm-seed", registration?.["emulated-tpm-seed"]],
    ["no-smbios", registration?.["no-smbios"]],
    ["auth", registration?.auth],
  ]);
}

function install(install: Elemental["install"]): YamlMap {
  return mapping([
    ["firmware", install?.firmware],
    ["device", install?.device],
    ["device-selector", install?.["device-selector"]?.map(deviceSelector)],
    ["no-format", install?.["no-format"]],
    ["config-urls", install?.["config-urls"]],
    ["iso", install?.iso],
    ["system-uri", install?.["system-uri"]],
    ["debug", install?.debug],
    ["tty", install?.tty],
    ["poweroff", install?.poweroff],
    ["reboot", install?.reboot],
    ["eject-cd", install?.["eject-cd"]],
    ["disable-boot-entry", install?.["disable-boot-entry"]],
    ["config-dir", install?.["config-dir"]],
    [
      "snapshotter",
      mapping([
        ["type", install?.snapshotter?.type],
        ["maxSnaps", install?.snapshotter?.maxSnaps],
      ]),
    ],
  ]);
}

/** Its three keys are never omitted. */
function deviceSelector({
  key,
  operator,
  values,
}: {
  key: string;
  operator: string;
  values?: string[] | undefined;
}): YamlMap {
  return new Map<string, YamlNode>([
    ["key", key],
    ["operator", operator],
    ["values", values ?? []],
  ]);
}

function reset(reset: Elemental["reset"]): YamlMap {
  const members = mapping([
    ["reset-persistent", reset?.["reset-persistent"]],
    ["reset-oem", reset?.["reset-oem"]],
    ["config-urls", reset?.["config-urls"]],
    ["system-uri", reset?.["system-uri"]],
    ["debug", reset?.debug],
    ["poweroff", reset?.poweroff],
    ["reboot", reset?.reboot],
    ["disable-boot-entry", reset?.["disable-boot-entry"]],
  ]);
  const enabled = reset?.enabled ?? false;
  return enabled || members.size > 0 ? new Map<string, YamlNode>([["enabled", enabled], ...members]) : members;
}

function agent(agent: SystemAgentConfig): YamlMap {
  return mapping([
    ["strictTLSMode", agent.strictTLSMode],
    ["url", agent.url],
    ["token", agent.token],
    ["secret-name", agent["secret-name"]],
    ["secret-namespace", agent["secret-namespace"]],
  ]);
}

/** Further top-level keys for machines whose network is configured (registration-protocol 7.5). */
function networkAddendum(network: Network | undefined): [string, YamlNode | undefined][] {
  const configurator = network?.configurator ?? "none";
  if (configurator === "none") return [];
  return [
    ["configurator", configurator],
    ["ipAddresses", new Map(Object.entries(network?.ipAddresses ?? {}))],
    ["config", freeForm("network.config", network?.config)],
  ];
}

/** Each top-level value as the bytes of its JSON text (registration-protocol 7.4). */
function freeForm(name: string, value: unknown): YamlMap {
  if (value === undefined || value === null) return new Map();
  if (!isJsonObject(value))
    throw new ProtocolError("Unsupported", `${name} of the registration must be an object`, {
      refusal: "Misconfigured",
    });
  return new Map(Object.entries(value).map(([key, member]) => [key, wrapped(member)]));
}

function wrapped(value: JsonValue): YamlNode {
  return new Map<string, YamlNode>([
    ["raw", [...Buffer.from(encodeJson(value))]],
    ["object", null],
  ]);
}

/** A map without the members that are empty, zero or false (registration-protocol 7.3). */
function mapping(members: [string, YamlNode | undefined][]): YamlMap {
  return new Map(members.filter((member): member is [string, YamlNode] => !isZero(member[1])));
}

function isZero(value: YamlNode | undefined): boolean {
  if (value instanceof Map) return value.size === 0;
  return Array.isArray(value) ? value.length === 0 : !value;
}
