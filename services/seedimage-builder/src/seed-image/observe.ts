import {
  type ConfigMap,
  configMaps,
  type KubeObject,
  type MachineRegistration,
  machineRegistrations,
  type ObjectKey,
  type Pod,
  pods,
  type ResourceType,
  randomToken,
  type SeedImage,
  type Service,
  services,
} from "@elemental/api";
import { isKubeError, type Reader } from "@elemental/kube";
import type { ServerSettings } from "@elemental/settings";
import { childKey } from "../objects/metadata.ts";

/** A SeedImage and all that its next step depends on; an absent child does not exist. */
export interface ObservedSeedImage {
  image: SeedImage;
  /** The registration it refers to; undefined when there is none, or it is in another namespace. */
  registration: MachineRegistration | undefined;
  configMap: ConfigMap | undefined;
  pod: Pod | undefined;
  service: Service | undefined;
  server: ServerSettings;
  /** Used when a download token is needed. */
  freshToken: string;
}

/** The namespace of the reference may be left out. */
export function registrationKey(image: SeedImage): ObjectKey {
  const { name = "", namespace } = image.spec?.registrationRef ?? {};
  return { namespace: namespace || (image.metadata.namespace ?? ""), name };
}

/** Children are read from the API server, not from a cache: what a build is called must not be decided twice. */
export async function observeSeedImage(
  reader: Reader,
  image: SeedImage,
  server: ServerSettings,
): Promise<ObservedSeedImage> {
  const key = childKey(image);
  const reference = registrationKey(image);
  const inReach = reference.namespace === image.metadata.namespace && reference.name !== "";
  const [registration, configMap, pod, service] = await Promise.all([
    inReach ? find(reader, machineRegistrations, reference) : undefined,
    find(reader, configMaps, key),
    find(reader, pods, key),
    find(reader, services, key),
  ]);
  return { image, registration, configMap, pod, service, server, freshToken: randomToken() };
}

async function find<T extends KubeObject>(
  reader: Reader,
  type: ResourceType<T>,
  key: ObjectKey,
): Promise<T | undefined> {
  try {
    return await reader.get(type, key);
  } catch (error) {
    if (isKubeError(error, "NotFound")) return undefined;
    throw error;
  }
}
