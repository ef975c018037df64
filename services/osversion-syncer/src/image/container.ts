import {
  type EnvVar,
  isJsonObject,
  type ManagedOSImage,
  type ManagedOSVersion,
  type UpgradeContainer,
} from "@elemental/api";
import { goJson } from "../json/go-json.ts";

const upgradeCommand = "/usr/sbin/suc-upgrade";

/** The container that upgrades a node: the image's own, else the version's, completed; neither is changed. */
export function upgradeContainerOf(
  image: ManagedOSImage,
  version: ManagedOSVersion | undefined,
  osImage: string,
  defaultRegistry: string,
): UpgradeContainer {
  const given = image.spec?.upgradeContainer ?? version?.spec?.upgradeContainer ?? {};
  const prefix = defaultRegistry === "" ? "" : `${defaultRegistry}/`;
  return ordered({
    ...given,
    image: given.image || prefix + osImage,
    command: given.command?.length ? given.command : [upgradeCommand],
    envs: mergeEnvs(metadataEnvs(version), given.envs ?? []),
  });
}

/** Fields in the order of the upgrade controller's own type, so that equal containers have equal bytes. */
export function ordered(container: UpgradeContainer): UpgradeContainer {
  const { image, command, args, envs, envFrom, volumes, securityContext } = container;
  const fields = { image, command, args, envs, envFrom, volumes, securityContext };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** What is known of the version, for the upgrade: strings as they are, anything else as JSON. */
function metadataEnvs(version: ManagedOSVersion | undefined): EnvVar[] {
  const { metadata } = version?.spec ?? {};
  if (!isJsonObject(metadata)) return [];
  return Object.entries(metadata).map(([key, value]) => ({
    name: `METADATA_${key.toUpperCase()}`,
    value: typeof value === "string" ? value : goJson(value),
  }));
}

function mergeEnvs(winners: EnvVar[], others: EnvVar[]): EnvVar[] {
  const names = new Set(winners.map(({ name }) => name));
  return [...winners, ...others.filter(({ name }) => !names.has(name))].sort((a, b) => (a.name < b.name ? -1 : 1));
}
